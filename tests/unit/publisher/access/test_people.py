"""Several people on one reader: each token opens its own person's pages, and no other's."""

import httpx
import pytest

from services.publisher.access.policy import COOKIE
from shared.contracts import FeedbackLabel
from shared.store.files.data_folder import DataFolder
from shared.store.people.users import UserStore
from tests.support.browsing.logging_in import OWN, TOKEN
from tests.support.browsing.reader import HTML, FakeReader, reader

ANNA, BEN = "anna", "ben"
RATING = {"paper_id": "2611.00001", "label": "like"}


@pytest.fixture
def tokens(data: DataFolder) -> dict[str, str]:
    store = UserStore(data)
    return {name: store.add(name)[1] for name in (ANNA, BEN)}


async def who_rates(client: httpx.AsyncClient, fake_reader: FakeReader, **headers: str) -> str:
    """Whose rating it becomes when this browser sends one; empty where it may not."""
    before = len(fake_reader.bus.published)
    await client.post("/api/rating", json=RATING, headers=headers)
    events = [event for event in fake_reader.bus.published[before:] if isinstance(event, FeedbackLabel)]
    return events[0].user if events else ""


async def opened(client: httpx.AsyncClient, token: str, **headers: str) -> httpx.Response:
    return await client.get("/", params={"token": token}, headers={**HTML, **headers})


@pytest.mark.parametrize("way", ["link", "form", "header"])
async def test_a_token_opens_its_own_persons_reader(guarded: FakeReader, tokens: dict[str, str], way: str) -> None:
    for name, token in {**tokens, "me": TOKEN}.items():
        async with guarded.client() as client:
            if way == "link":
                assert (await opened(client, token)).headers["location"] == "/"
            elif way == "form":
                await client.post("/login", data={"token": token}, headers=OWN)
            headers = {"authorization": f"Bearer {token}"} if way == "header" else {}
            assert await who_rates(client, guarded, **headers) == name


async def test_without_a_token_of_the_settings_everybody_else_is_the_owner(
    data: DataFolder, tokens: dict[str, str]
) -> None:
    fake_reader = reader(data)
    async with fake_reader.client() as client:
        assert await who_rates(client, fake_reader) == "me"
        await opened(client, "no token of anybody")
        assert await who_rates(client, fake_reader) == "me"
        await opened(client, tokens[ANNA])
        assert await who_rates(client, fake_reader) == ANNA
        page = (await client.get("/", headers=HTML)).text
        assert "Log out anna" in page
        assert (await client.post("/logout", headers=OWN)).headers["location"] == "/"
        assert await who_rates(client, fake_reader) == "me"
        assert "Log out" not in (await client.get("/", headers=HTML)).text


async def test_a_link_opened_by_hand_changes_the_person_and_one_on_another_site_does_not(
    guarded: FakeReader, tokens: dict[str, str]
) -> None:
    async with guarded.client() as client:
        await opened(client, tokens[ANNA])
        await opened(client, tokens[BEN], **{"sec-fetch-site": "cross-site"})
        assert await who_rates(client, guarded) == ANNA
        await opened(client, tokens[BEN], **{"sec-fetch-site": "none"})
        assert await who_rates(client, guarded) == BEN
        await opened(client, TOKEN, **{"sec-fetch-site": "none"})
        assert await who_rates(client, guarded) == "me"


@pytest.mark.parametrize("change", ["removed", "new token", "removed and added again"])
async def test_sessions_end_with_the_token_that_opened_them(
    guarded: FakeReader, data: DataFolder, tokens: dict[str, str], change: str
) -> None:
    async with guarded.client() as annas, guarded.client() as bens:
        await opened(annas, tokens[ANNA])
        await opened(bens, tokens[BEN])
        store = UserStore(data)
        if change == "new token":
            store.renew_token(ANNA)
        else:
            store.remove(ANNA)
        if change.endswith("again"):
            store.add(ANNA)
        assert await who_rates(annas, guarded) == ""
        assert (await opened(annas, tokens[ANNA])).headers["location"] == "/login?wrong=1"
        assert await who_rates(bens, guarded) == BEN


async def test_logging_out_everywhere_ends_the_sessions_of_one_person(
    guarded: FakeReader, tokens: dict[str, str]
) -> None:
    async with guarded.client() as desk, guarded.client() as phone, guarded.client() as bens:
        for client, name in ((desk, ANNA), (phone, ANNA), (bens, BEN)):
            await opened(client, tokens[name])
        await desk.post("/logout", data={"everywhere": "1"}, headers=OWN)
        assert await who_rates(phone, guarded) == ""
        assert await who_rates(bens, guarded) == BEN


async def test_many_sessions_of_one_person_end_nobody_elses(guarded: FakeReader, tokens: dict[str, str]) -> None:
    async with guarded.client() as bens, guarded.client() as annas:
        await opened(bens, tokens[BEN])
        await opened(annas, tokens[ANNA])
        policy_sessions = guarded.sessions
        user = policy_sessions.user(annas.cookies[COOKIE])
        assert user is not None
        for _ in range(210):
            policy_sessions.open(user)
        assert await who_rates(bens, guarded) == BEN


async def test_no_form_says_who_somebody_is(guarded: FakeReader, tokens: dict[str, str]) -> None:
    async with guarded.client() as client:
        await opened(client, tokens[ANNA])
        answer = await client.post("/api/rating", json={**RATING, "user": "me"})
        assert answer.status_code == 422
        await client.post("/api/rating?user=me", json=RATING, headers={"x-user": "me"})
    assert [event.user for event in guarded.bus.published if isinstance(event, FeedbackLabel)] == [ANNA]
