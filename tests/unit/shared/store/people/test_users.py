"""The people of a system: who is there, with which token and which limits."""

import pytest

from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.people.users import UserStore


def test_a_token_opens_for_its_user_alone(data: DataFolder) -> None:
    store = UserStore(data)
    (anna, annas), (ben, bens) = store.add("Anna"), store.add("ben", per_day=5, monthly_cost=2.5)
    assert store.of_token(annas) == anna
    assert store.of_token(bens) == ben
    assert store.of_token("") is None
    assert store.of_token("\ud800") is None
    assert annas not in data.path("users", "users.jsonl").read_text()
    assert store.names() == ["me", "anna", "ben"]
    assert (ben.per_day, ben.monthly_cost) == (5, 2.5)


def test_another_process_sees_a_new_user_at_once(data: DataFolder) -> None:
    reading = UserStore(data)
    assert reading.all() == []
    UserStore(data).add("anna")
    assert reading.names() == ["me", "anna"]


def test_a_new_token_takes_the_place_of_the_old_one(data: DataFolder) -> None:
    store = UserStore(data)
    _, old = store.add("anna", per_day=5)
    anna, new = store.renew_token("anna")
    assert store.of_token(old) is None
    assert store.of_token(new) == anna
    assert anna.per_day == 5


def test_who_was_removed_comes_in_no_more_and_may_be_added_again(data: DataFolder) -> None:
    store = UserStore(data)
    _, old = store.add("anna")
    store.remove("anna")
    assert store.of_token(old) is None
    assert store.names() == ["me"]
    store.add("anna")
    assert store.of_token(old) is None
    assert store.names() == ["me", "anna"]


def test_limits_change_one_by_one_and_the_owner_has_some_too(data: DataFolder) -> None:
    store = UserStore(data)
    store.add("anna", per_day=5)
    assert store.limit("anna", monthly_cost=1.0).per_day == 5
    assert store.limit("anna", per_day=None).monthly_cost == 1.0
    store.limit("me", monthly_cost=3.0)
    owner = store.get("me")
    assert owner is not None
    assert owner.monthly_cost == 3.0
    assert store.all() == [store.get("anna")]


@pytest.mark.parametrize(
    "name", ["me", "ME", "", "../x", "a/b", "a b", "ä", "-rf", ".", "x" * 41, "{{x}}", "=1+1", "anna"]
)
def test_a_name_that_is_no_plain_name_or_taken_is_refused(data: DataFolder, name: str) -> None:
    store = UserStore(data)
    store.add("anna")
    with pytest.raises(PapersysError):
        store.add(name)


def test_who_is_not_known_is_named_with_those_who_are(data: DataFolder) -> None:
    store = UserStore(data)
    store.add("anna")
    with pytest.raises(PapersysError, match="there are: me, anna"):
        store.require("ben")
    for change in (store.remove, store.renew_token):
        with pytest.raises(PapersysError, match="no user"):
            change("ben")
        with pytest.raises(PapersysError, match="owner"):
            change("me")


def test_a_line_that_cannot_be_read_stays_and_spoils_no_other(
    data: DataFolder, caplog: pytest.LogCaptureFixture
) -> None:
    store = UserStore(data)
    store.add("anna")
    path = data.path("users", "users.jsonl")
    data.append_lines(path, '{"name": "../../etc"}\nnothing\n')
    with path.open("a") as file:
        file.write('{"name": "torn')
    store.add("ben")
    assert store.names() == ["me", "anna", "ben"]
    assert "line 2" in caplog.text
    assert "nothing" in path.read_text()
