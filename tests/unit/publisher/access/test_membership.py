"""Who still reads here: the owner always, others until they are removed."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.publisher.access.membership import is_member
from shared.store.people.users import UserStore
from tests.support.browsing.reader import reader
from tests.support.folders.seed import seed


@pytest.mark.parametrize(("user", "is_still"), [("me", True), ("ana", True), ("ben", False)])
def test_a_removed_user_is_none(user: str, is_still: bool) -> None:
    access: Any = SimpleNamespace(users={"ana": object()})
    assert is_member(access, user) is is_still


async def test_the_feed_of_a_removed_user_ends(tmp_path: Path) -> None:
    data = seed(tmp_path)
    users = UserStore(data)
    users.add("ana")
    fake = reader(data)
    key = fake.outgoing.feed_keys.key_of("ana")
    async with fake.client() as client:
        assert (await client.get(f"/feed/{key}/atom.xml")).status_code == 200
        users.remove("ana")
        assert (await client.get(f"/feed/{key}/atom.xml")).status_code == 404
