"""The interests page and what its buttons send."""

from pathlib import Path

import pytest

from shared.contracts import InterestFacet, Interests, InterestsReply, SetFacetPreference, SetFacetPreferenceReply
from shared.errors import RequestFailed
from tests.support.reader import FakeReader, reader
from tests.support.seed import FAR, GRAPHS, PROTEINS, seed


@pytest.fixture
def fake_reader(tmp_path: Path) -> FakeReader:
    return reader(seed(tmp_path))


def facet(key: str = "3fa90c12", **facts: object) -> InterestFacet:
    values: dict[str, object] = {
        "key": key,
        "name": "pruning, <b>quantization</b>",
        "paper_ids": (GRAPHS, PROTEINS, FAR),
        "share": 0.25,
        "lift": 6.4,
        "lift_low": 3.2,
        "lift_high": 12.1,
        "lift_within": 5.0,
        "p_value": 0.0004,
        "categories": (("cs.LG", 2), ("q-bio.BM", 1)),
        "crosses": True,
        "side": "method",
        "problem": ("memory",),
        "method": ("pruning", "low-bit"),
        "trend": (("2026-10", 0.1), ("2026-11", 0.4)),
        "direction": "rising",
    }
    return InterestFacet.model_validate({**values, **facts})


async def page(fake_reader: FakeReader) -> str:
    async with fake_reader.client() as client:
        return (await client.get("/interests")).text


async def test_a_facet_is_shown_with_its_papers_its_lift_and_how_sure_it_is(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[Interests] = InterestsReply(facets=(facet(),), likes=12, sample=3000)
    text = await page(fake_reader)
    for words in (
        "pruning, &lt;b&gt;quantization&lt;/b&gt;",
        "What you like more of than chance explains: 12 likes, compared with 3,000 random papers",
        "3 of your 12 likes, about 6 times more than by chance (3 to 12)",
        "95 % interval: 3.2 to 12.1 times",
        "5.0 times more than by chance within the same categories",
        "p &lt; 0.001 against random likes",
        "crosses fields",
        "rising",
        "2026-11: 40 % of likes.",
        "Loopy belief propagation revisited",
        "pruning, low-bit",
    ):
        assert words in text
    assert text.count('aria-pressed="false"') == 2
    assert text.index('<summary class="small">Details') < text.index("p &lt; 0.001")


async def test_facets_that_cross_fields_come_first(fake_reader: FakeReader) -> None:
    within = facet("within", crosses=False, named_by="cs.LG", p_value=1e-9, preference="mute")
    fake_reader.bus.answers[Interests] = InterestsReply(facets=(within, facet("across")), likes=12, sample=3000)
    text = await page(fake_reader)
    assert text.index("f-across") < text.index("f-within")
    assert "largely covered by cs.LG" in text
    assert "muted" in text
    assert 'name="preference" value="clear" aria-pressed="true"' in text


async def test_it_says_whether_signals_change_the_picks(fake_reader: FakeReader) -> None:
    said = "Saves, skips and opens do not change your picks. Evaluated on 2026-11-02 with 84 later <b>ratings</b>."
    fake_reader.bus.answers[Interests] = InterestsReply(facets=(facet(),), likes=12, sample=3000, signals=said)
    assert "Evaluated on 2026-11-02 with 84 later &lt;b&gt;ratings&lt;/b&gt;." in await page(fake_reader)


async def test_too_few_ratings_and_a_ranker_that_is_away_are_said(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[Interests] = InterestsReply(likes=3, note="Not enough yet: you like 3 papers.")
    assert "Not enough yet: you like 3 papers." in await page(fake_reader)
    fake_reader.bus.answers[Interests] = RequestFailed("Nobody answers.", code="unavailable", retryable=True)
    assert "Interests are not available right now: Nobody answers." in await page(fake_reader)


async def test_a_button_says_what_is_wanted_and_leads_back(fake_reader: FakeReader) -> None:
    reply = SetFacetPreferenceReply(key="3fa90c12", name="pruning", preference="mute")
    fake_reader.bus.answers[SetFacetPreference] = reply
    async with fake_reader.client() as client:
        sent = await client.post(
            "/api/facet", data={"key": "3fa90c12", "preference": "mute"}, headers={"origin": "http://127.0.0.1:8080"}
        )
        assert (sent.status_code, sent.headers["location"]) == (303, "/interests#f-3fa90c12")
        assert fake_reader.bus.asked[-1] == SetFacetPreference(key="3fa90c12", preference="mute")
        assert (await client.post("/api/facet", json={"key": "x", "preference": "adore"})).status_code == 422
        failed = RequestFailed("There is no facet.", code="permanent", retryable=False)
        fake_reader.bus.answers[SetFacetPreference] = failed
        assert (await client.post("/api/facet", json={"key": "x", "preference": "mute"})).status_code == 503
        fake_reader.bus.answers[SetFacetPreference] = reply
        answer = await client.post("/api/facet", json={"key": "3fa90c12", "wish": "mute"})  # its old name
        assert answer.json() == {"key": "3fa90c12", "name": "pruning", "preference": "mute", "wish": "mute"}
