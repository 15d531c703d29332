"""The best page: what the ranker recommends, how far back, and what its order rests on."""

import pytest

from shared.contracts import Hit, HitsReply, Recommend
from shared.errors import RequestFailed
from tests.support.browsing.reader import FORM, FakeReader, page, pressed
from tests.support.folders.seed import GRAPHS, HOSTILE, PROTEINS


def reply(regime: str = "regression", *probabilities: float | None) -> HitsReply:
    hits = tuple(
        Hit(
            paper_id=paper_id,
            score=0.873,
            reasons=(f"like “<b>{paper_id}</b>”",),
            probability=probability,
            match="fair",
        )
        for paper_id, probability in zip((PROTEINS, GRAPHS, HOSTILE), probabilities, strict=False)
    )
    return HitsReply(hits=hits, regime=regime)


async def test_the_best_papers_come_in_their_order_with_reasons_ratings_and_match_scores(
    fake_reader: FakeReader,
) -> None:
    fake_reader.bus.answers[Recommend] = reply("regression", 0.62, 0.58, 0.2)
    text = await page(fake_reader, "/best")
    assert fake_reader.bus.asked == [Recommend(days=60, limit=30)]
    places = [text.index(f'data-paper="{paper_id}"') for paper_id in (PROTEINS, GRAPHS, HOSTILE)]
    assert places == sorted(places)
    assert pressed(text, PROTEINS) == ""
    for shown in (
        "Rank 1 · match score 62%",
        "like “&lt;b&gt;",
        "3 papers you have not seen",
        "fair match",
    ):
        assert shown in text
    assert "<script>alert" not in text
    assert '<a href="/best" aria-current="page">Best</a>' in text


@pytest.mark.parametrize("regime", ["similarity", "seeds"])
async def test_a_rank_without_a_prediction_has_no_match_score(fake_reader: FakeReader, regime: str) -> None:
    fake_reader.bus.answers[Recommend] = reply(regime, None, None)
    text = await page(fake_reader, "/best")
    assert "<li>Rank 1</li>" in text
    assert "· match" not in text
    assert "0.87" not in text
    assert "Ranked by similarity" in text
    assert "no match score yet" in text


async def test_before_any_rating_the_most_typical_papers_come_first(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[Recommend] = reply("typical", None)
    assert "the most typical papers come first" in await page(fake_reader, "/best")


@pytest.mark.parametrize(
    ("query", "days"),
    [("?days=30", 30), ("?days=180", 180), ("?days=7", 7), ("?days=0", 60), ("?days=x", 60)],
)
async def test_how_far_back_is_chosen_by_a_link(fake_reader: FakeReader, query: str, days: int) -> None:
    fake_reader.bus.answers[Recommend] = reply("regression", 0.6)
    text = await page(fake_reader, f"/best{query}")
    assert fake_reader.bus.asked == [Recommend(days=days, limit=30)]
    assert f"Best of the last {days} days" in text
    assert all(f'href="/best?days={span}"' in text for span in (30, 60, 180))
    assert text.count('class="button" href="/best?days=60" aria-current="page"') == (days == 60)


async def test_a_rating_without_javascript_leads_back_to_the_same_days(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[Recommend] = reply("regression", 0.6)
    assert 'name="next" value="/best?days=30#p-' in await page(fake_reader, "/best?days=30")
    form = {"paper_id": PROTEINS, "label": "like", "next": "/best?days=30"}
    async with fake_reader.client() as client:
        answer = await client.post("/api/rating", data=form, headers=FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/best?days=30")
    assert pressed(await page(fake_reader, "/best"), PROTEINS) == "like"


async def test_nothing_to_show_and_a_ranker_that_is_away_are_said(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[Recommend] = HitsReply(regime="similarity")
    assert "No unseen papers to rank" in await page(fake_reader, "/best")
    fake_reader.bus.answers[Recommend] = RequestFailed("Nobody answers.", code="unavailable", retryable=True)
    assert "No recommendations right now: Nobody answers." in await page(fake_reader, "/best")


async def test_a_paper_whose_metadata_is_not_stored_is_shown_by_its_id(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[Recommend] = HitsReply(hits=(Hit(paper_id="2401.00001", score=1),))
    assert "arXiv:2401.00001" in await page(fake_reader, "/best")
