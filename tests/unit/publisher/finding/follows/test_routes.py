"""What follow buttons send, and the page of what is followed."""

import httpx
import pytest

from shared.contracts import Followed, FollowedReply, FollowMatches, SetFollow, SetFollowReply
from shared.errors import RequestFailed
from shared.store.files.data_folder import DataFolder
from shared.store.people.follows import Follow, FollowStore
from tests.support.browsing.reader import FORM, FakeReader, page
from tests.support.folders.seed import FAR, GRAPHS, HOSTILE, NOON

HOSTILE_VALUE = '"><script>alert(1)</script> {{ 7*7 }}'


async def send(fake_reader: FakeReader, **fields: str) -> httpx.Response:
    async with fake_reader.client() as client:
        return await client.post("/api/follow", data=fields, headers=FORM)


def stored(request: SetFollow) -> SetFollowReply:
    return SetFollowReply(kind=request.kind, value=request.value, followed=request.followed)


async def test_a_button_begins_a_follow_and_leads_back(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[SetFollow] = stored
    answer = await send(fake_reader, kind="author", value=" Mira  Oduya ", followed="true", next=f"/paper/{GRAPHS}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/paper/{GRAPHS}")
    assert fake_reader.bus.asked == [SetFollow(kind="author", value="Mira Oduya")]
    answer = await send(fake_reader, kind="category", value="CS.lg", followed="false", next="//evil.example")
    assert answer.headers["location"] == "/"
    answer = await send(fake_reader, kind="category", value="CS.lg")
    assert fake_reader.bus.asked[-1] == SetFollow(kind="category", value="cs.LG")


async def test_a_script_gets_json(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[SetFollow] = stored
    async with fake_reader.client() as client:
        answer = await client.post("/api/follow", json={"kind": "phrase", "value": "tides", "followed": False})
    assert answer.json() == {"kind": "phrase", "value": "tides", "followed": False}


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"kind": "planet", "value": "Mars"}, 422, "kind: must be &#39;author&#39;, "),
        ({"kind": "phrase", "value": " "}, 422, "This cannot be followed"),
        ({"kind": "phrase", "value": "***"}, 422, "no letter or digit"),
        ({"kind": "phrase", "value": "x" * 501}, 422, "is longer than 500 characters"),
        ({"kind": "category", "value": "cs.LGG"}, 422, "did you mean cs.LG?"),
        ({"kind": "phrase", "value": "tides", "user": "you"}, 422, "user: there is no such field"),
        ({"kind": "phrase", "value": "tides"}, 503, "This was not saved"),
    ],
)
async def test_what_cannot_be_followed_is_said(
    fake_reader: FakeReader, fields: dict[str, str], status: int, says: str
) -> None:
    answer = await send(fake_reader, **fields)
    assert answer.status_code == status
    assert says in answer.text


async def test_too_many_follows_are_refused_for_good(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[SetFollow] = RequestFailed("unfollow one first", code="permanent", retryable=False)
    answer = await send(fake_reader, kind="phrase", value="tides")
    assert (answer.status_code, "unfollow one first" in answer.text) == (409, True)


async def test_the_page_shows_each_follow_with_its_newest_papers(fake_reader: FakeReader, data: DataFolder) -> None:
    follows = FollowStore(data)
    for follow in (
        Follow(kind="author", value="Mira Oduya", at=NOON),
        Follow(kind="category", value="cs.LG", at=NOON),
        Follow(kind="tag", value="Graph neural networks", at=NOON),
        Follow(kind="phrase", value=HOSTILE_VALUE, at=NOON),
        Follow(kind="phrase", value="of somebody else", user="you", at=NOON),
    ):
        follows.put(follow)
    matches = (
        FollowMatches(kind="author", value="Mira Oduya", paper_ids=(GRAPHS,), total=7, at_least=True),
        FollowMatches(kind="phrase", value=HOSTILE_VALUE, paper_ids=(HOSTILE,), total=1),
    )
    fake_reader.bus.answers[Followed] = FollowedReply(matches=matches)
    text = await page(fake_reader, "/follows?days=7")
    assert fake_reader.bus.asked == [Followed(days=7, limit=5)]
    assert "4 follows · papers of the last 7 days" in text
    assert "at least 7 papers" in text
    assert "cs.LG · Machine Learning" in text
    assert text.count("Message passing on sparse graphs") == 2
    assert "No papers in these days." in text
    assert 'href="/search?q=author%3A%22Mira+Oduya%22&amp;order=date"' in text
    assert 'href="/tag/graph-neural-networks"' in text
    assert "<script>alert" not in text
    assert "49" not in text.split("{{ 7*7 }}")[0][-3:]
    assert "of somebody else" not in text


async def test_without_the_ranker_the_follows_are_still_there(fake_reader: FakeReader, data: DataFolder) -> None:
    assert "You follow nothing yet" in await page(fake_reader, "/follows")
    FollowStore(data).put(Follow(kind="phrase", value="tides", at=NOON))
    text = await page(fake_reader, "/follows")
    assert "What matches cannot be shown right now" in text
    assert "Unfollow tides" in text


async def test_papers_tags_and_categories_have_buttons_that_say_what_they_do(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    FollowStore(data).put(Follow(kind="author", value="Mira Oduya", at=NOON))
    text = await page(fake_reader, f"/paper/{GRAPHS}")
    assert "Unfollow Mira Oduya" in text
    assert "Follow math.PR" in text
    assert "Follow cs.LG" in await page(fake_reader, "/category/cs.LG")
    assert "Follow Graph neural networks" in await page(fake_reader, "/tag/graph-neural-networks")
    assert "Follow an author" not in await page(fake_reader, f"/paper/{FAR}9", 404)
