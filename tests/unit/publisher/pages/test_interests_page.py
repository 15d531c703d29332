"""The interests page and what its buttons send."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.contracts import (
    ChangeFacet,
    ChangeFacetReply,
    InterestFacet,
    Interests,
    InterestsReply,
    SetFacetPreference,
    SetFacetPreferenceReply,
    now,
)
from shared.errors import RequestFailed
from tests.support.browsing.reader import FakeReader, reader
from tests.support.folders.seed import FAR, GRAPHS, PROTEINS, seed


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


async def test_a_facet_that_is_paused_or_reset_says_until_when_and_has_the_way_back(fake_reader: FakeReader) -> None:
    paused = facet("paused", paused=True, paused_until="2099-12-24T00:00:00Z")
    reset = facet("reset", reset_at="2026-11-02T08:00:00Z")
    fake_reader.bus.answers[Interests] = InterestsReply(facets=(facet("plain"),), likes=12, sample=3000)
    assert not {'value="resume"', 'value="undo_reset"'} & set((await page(fake_reader)).split())
    fake_reader.bus.answers[Interests] = InterestsReply(facets=(paused, reset), likes=12, sample=3000)
    text = await page(fake_reader)
    assert "Paused until Thursday, 24 December 2099: the papers you liked before the pause do not count" in text
    assert "Reset on Monday, 2 November 2026: the papers you liked before that do not count for picks." in text
    assert (text.count('value="resume"'), text.count('value="undo_reset"')) == (1, 1)
    assert text.count('name="action" value="reset"') == 1


@pytest.mark.parametrize(
    ("fields", "action", "days"),
    [
        ({"action": "pause_week"}, "pause", 7),
        ({"action": "pause_month"}, "pause", 30),
        ({"action": "pause"}, "pause", None),
        ({"action": "resume"}, "resume", None),
        ({"action": "reset"}, "reset", None),
        ({"action": "undo_reset"}, "undo_reset", None),
    ],
)
async def test_a_button_pauses_or_resets_and_leads_back(
    fake_reader: FakeReader, fields: dict[str, str], action: str, days: int | None
) -> None:
    fake_reader.bus.answers[ChangeFacet] = ChangeFacetReply(key="3fa90c12", name="pruning")
    async with fake_reader.client() as client:
        origin = {"origin": "http://127.0.0.1:8080"}
        sent = await client.post("/api/facet/change", data={"key": "3fa90c12", **fields}, headers=origin)
    assert (sent.status_code, sent.headers["location"]) == (303, "/interests#f-3fa90c12")
    asked = fake_reader.bus.asked[-1]
    assert isinstance(asked, ChangeFacet)
    assert (asked.action, asked.until is None) == (action, days is None)
    if asked.until is not None and days is not None:
        assert abs((asked.until - now()) - timedelta(days=days)) < timedelta(minutes=5)


async def test_a_pause_lasts_until_a_chosen_day_and_other_days_are_refused(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[ChangeFacet] = ChangeFacetReply(key="x", name="pruning")
    async with fake_reader.client() as client:
        sent = await client.post("/api/facet/change", json={"key": "x", "action": "pause_until", "until": "2099-12-24"})
        assert sent.json()["key"] == "x"
        assert fake_reader.bus.asked[-1] == ChangeFacet(
            key="x", action="pause", until=datetime(2099, 12, 24, tzinfo=UTC)
        )
        for wrong in (
            {"key": "x", "action": "pause_until", "until": "2020-01-01"},
            {"key": "x", "action": "pause_until", "until": "soon"},
            {"key": "x", "action": "pause_until"},
            {"key": "x", "action": "adore"},
            {"action": "reset"},
        ):
            assert (await client.post("/api/facet/change", json=wrong)).status_code == 422
        fake_reader.bus.answers[ChangeFacet] = RequestFailed("There is no facet.", code="permanent", retryable=False)
        assert (await client.post("/api/facet/change", json={"key": "x", "action": "reset"})).status_code == 503
