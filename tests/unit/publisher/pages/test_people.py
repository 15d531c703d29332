"""Each person's pages: own picks, days and ratings; papers, summaries and tags are everybody's."""

from pathlib import Path

import httpx
import pytest

from shared.contracts import Interests, InterestsReply, PapersNew, Recommend
from shared.store.files.data_folder import DataFolder
from shared.store.people.users import UserStore
from shared.store.selections import SelectionStore
from tests.support.browsing.reader import HTML, FakeReader, pressed, reader
from tests.support.folders.seed import FAR, GRAPHS, PROTEINS, TIDES, TODAY, YESTERDAY, pick, seed


class House:
    """The seeded reader with Anna, who has picks of her own, and Ben, who came a moment ago."""

    def __init__(self, root: Path) -> None:
        self.data: DataFolder = seed(root)
        store = UserStore(self.data)
        self.tokens = {name: store.add(name)[1] for name in ("anna", "ben")}
        mine = pick(PROTEINS, 1, "top", TODAY, "because you liked “Folding by hand”").model_copy(
            update={"user": "anna"}
        )
        SelectionStore(self.data).of("anna").write(TODAY, f"run-{TODAY}", [mine])
        self.fake: FakeReader = reader(self.data)

    async def page(self, user: str, path: str, status: int = 200) -> str:
        async with self.fake.client() as client:
            answer = await client.get(path, headers={**HTML, **self.headers(user)})
        assert answer.status_code == status
        return answer.text

    def headers(self, user: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.tokens[user]}"} if user in self.tokens else {}

    async def post(self, user: str, path: str, **body: str) -> httpx.Response:
        async with self.fake.client() as client:
            return await client.post(path, json=body, headers=self.headers(user))


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def test_today_shows_each_person_own_picks_and_a_newcomer_none(house: House) -> None:
    mine, annas, bens = [await house.page(user, "/") for user in ("me", "anna", "ben")]
    assert f'data-paper="{GRAPHS}"' in mine
    assert f'data-paper="{PROTEINS}"' not in mine
    assert f'data-paper="{PROTEINS}"' in annas
    assert "Folding by hand" in annas
    assert f'data-paper="{GRAPHS}"' not in annas
    assert 'data-paper="' not in bens
    assert "Your picks will appear here" in bens or "notice" in bens


async def test_a_day_without_picks_of_ones_own_is_not_there(house: House) -> None:
    await house.page("me", f"/day/{YESTERDAY}")
    await house.page("anna", f"/day/{YESTERDAY}", status=404)


async def test_a_rating_shows_on_the_pages_of_who_gave_it_alone(house: House) -> None:
    assert (await house.post("anna", "/api/rating", paper_id=TIDES, label="like")).status_code == 200
    annas, mine = await house.page("anna", f"/paper/{TIDES}"), await house.page("me", f"/paper/{TIDES}")
    assert (pressed(annas, TIDES), pressed(mine, TIDES)) == ("like", "")
    assert pressed(await house.page("me", f"/paper/{FAR}"), FAR) == "like"
    assert pressed(await house.page("anna", f"/paper/{FAR}"), FAR) == ""


async def test_a_papers_past_is_each_persons_own_and_its_summary_is_everybodys(house: House) -> None:
    annas, bens = await house.page("anna", f"/paper/{PROTEINS}"), await house.page("ben", f"/paper/{PROTEINS}")
    assert "Folding by hand" in annas
    assert "Folding by hand" not in bens
    assert (await house.page("ben", "/tags")) == (await house.page("anna", "/tags")).replace(
        "Log out anna", "Log out ben"
    )


async def test_what_is_asked_of_other_services_is_asked_for_who_asks(house: House) -> None:
    house.fake.bus.answers[Interests] = InterestsReply()
    for path in ("/best", "/interests"):
        await house.page("anna", path)
    asked = [request for request in house.fake.bus.asked if isinstance(request, Recommend | Interests)]
    assert [request.user for request in asked] == ["anna", "anna"]
    await house.post("anna", "/api/reprocess", paper_id=TIDES)
    (event,) = [event for event in house.fake.bus.published if isinstance(event, PapersNew)]
    assert event.user == "anna"
