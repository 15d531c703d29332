"""The page of what rises, and its button."""

import re
from datetime import date

import pytest

from shared.contracts import Rising, RisingConcept, RisingPeriod, RisingReply
from tests.support.browsing.reader import FORM, FakeReader, page
from tests.support.folders.seed import FAR, GRAPHS, PROTEINS


def concept(**facts: object) -> RisingConcept:
    values: dict[str, object] = {
        "name": "<b>sparse</b> attention",
        "also": ("long context",),
        "weeks": 4,
        "papers": 14,
        "groups": 12,
        "weeks_before": 20,
        "groups_before": 6,
        "growth": 9.6,
        "least": 2.4,
        "p_value": 0.0004,
        "periods": (RisingPeriod(begins=date(2026, 9, 3), groups=2), RisingPeriod(begins=date(2026, 10, 1), groups=12)),
        "earliest": (FAR, GRAPHS),
        "nearest": (PROTEINS,),
    }
    return RisingConcept.model_validate({**values, **facts})


def answer(*concepts: RisingConcept, **facts: object) -> RisingReply:
    basis = {"as_of": date(2026, 10, 28), "weeks": 24, "likes": 12, "inside": 5120, "outside": 4800}
    return RisingReply.model_validate({**basis, "concepts": concepts, **facts})


async def test_a_concept_is_shown_with_its_growth_its_papers_and_its_words_to_follow(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[Rising] = answer(concept(), concept(name="far things", also=(), inside=False, growth=None))
    text = await page(fake_reader, "/rising")
    for words in (
        "By first publication, in the 24 weeks up to 28 October 2026: 5,120 papers of your fields "
        "and 4,800 just outside",
        "&lt;b&gt;sparse&lt;/b&gt; attention",
        "14 papers by 12 independent author groups in the last 4 weeks; 6 groups in the 20 weeks before "
        "(about 10 times as often now)",
        "12 independent author groups in the last 4 weeks, none in the 20 weeks before",
        "at least 2.4 times as often (97.5 %); adjusted p &lt; 0.001",
        "Four weeks from 1 Oct: 12.",
        "Loopy belief propagation revisited",
        "Follow “long context”",
    ):
        assert words in text, words
    assert text.index("In your fields") < text.index("sparse") < text.index("Just outside your fields")
    assert re.findall(r'name="value" value="([^"]*)"', text) == [
        "&lt;b&gt;sparse&lt;/b&gt; attention",
        "long context",
        "far things",
    ]


async def test_nothing_that_rises_says_why(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[Rising] = RisingReply(note="The stored papers do not go back far enough.")
    text = await page(fake_reader, "/rising")
    assert "do not go back far enough" in text
    assert "In your fields" not in text
    assert "grew more than chance" not in text


async def test_a_look_under_way_and_a_ranker_that_is_away_are_told(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[Rising] = answer(concept(), is_looking=True)
    assert "A new look is under way" in await page(fake_reader, "/rising")
    del fake_reader.bus.answers[Rising]
    assert "What rises cannot be shown right now: Nobody answers" in await page(fake_reader, "/rising")


@pytest.mark.parametrize("is_away", [False, True])
async def test_the_button_asks_for_a_new_look(fake_reader: FakeReader, is_away: bool) -> None:
    if not is_away:
        fake_reader.bus.answers[Rising] = answer()
    async with fake_reader.client() as client:
        done = await client.post("/api/rising", data={}, headers=FORM)
    assert done.status_code == (503 if is_away else 303)
    assert [request for request in fake_reader.bus.asked if isinstance(request, Rising)] == [Rising(again=True)]


async def test_the_interests_lead_there(fake_reader: FakeReader) -> None:
    assert 'href="/rising"' in await page(fake_reader, "/interests")
