"""People of a bundle: they come without a token, and limits that are here stay."""

from pathlib import Path

from shared.store.files.data_folder import DataFolder
from shared.store.people.users import UserStore
from tests.support.folders.bundles import merge


def test_people_are_added_without_a_token(whole: Path, empty: DataFolder) -> None:
    merge(whole, empty)
    store = UserStore(empty)
    anna, owner = store.get("anna"), store.get("me")
    assert anna is not None
    assert owner is not None
    assert (anna.token_sha256, anna.per_day, owner.per_day) == ("", 4, 7)
    assert store.of_token("") is None
    assert store.of_token(store.renew_token("anna")[1]) == store.get("anna")


def test_limits_and_tokens_that_are_here_stay(whole: Path, empty: DataFolder) -> None:
    store = UserStore(empty)
    _, token = store.add("anna", per_day=9)
    store.limit("me", per_day=2)
    tally = merge(whole, empty)["people"]
    anna = store.of_token(token)
    assert anna is not None
    assert anna.per_day == 9
    assert tally.conflicts == [
        "me has other limits in the bundle; those here stay",
        "anna has other limits in the bundle; those here stay",
    ]
