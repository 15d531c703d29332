"""Names of files from any text: plain ones as they are, all others within their folder and told apart."""

import pytest

from shared.store.files.file_names import file_name


@pytest.mark.parametrize("text", ["me", "ana-2", "run.2026"])
def test_a_plain_name_stays(text: str) -> None:
    assert file_name(text) == text


@pytest.mark.parametrize("text", ["", ".", "..", "../x", "a/b", "a\\b", "\x00", "x" * 200, "ä", "con:", "\ud800"])
def test_any_other_is_a_plain_name_of_its_own(text: str) -> None:
    name = file_name(text)
    assert name not in (".", "..", text)
    assert name.replace("-", "").isalnum()
    assert len(name) < 100
    assert file_name(f"{text}!") != name
