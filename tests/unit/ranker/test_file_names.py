"""Names of files for users and runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ranker.file_names import file_name, user_folder

pytestmark = pytest.mark.attack


@pytest.mark.parametrize("user", ["outbox", "arrivals", "backgrounds", "OutBox", "seeds-minilm.npz"])
def test_a_users_folder_is_never_one_of_the_rankers_own(user: str) -> None:
    assert user_folder(user).startswith(f"{user.partition('.')[0]}-")
    assert user_folder(user) != file_name(user)


@pytest.mark.parametrize("user", ["me", "you", "outbox2", "an.na"])
def test_other_users_keep_the_folder_that_they_have(user: str) -> None:
    assert user_folder(user) == user


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_any_name_is_one_safe_path_segment(text: str) -> None:
    for name in (file_name(text), user_folder(text)):
        assert 0 < len(name) <= 120
        assert name.isascii()
        assert not name.startswith(".")
        assert "/" not in name
