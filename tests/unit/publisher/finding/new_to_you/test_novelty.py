"""What stands beside a pick, by what this person has read; a pick that only repeats gives up a place."""

from datetime import timedelta
from typing import Any

import pytest

from services.publisher.finding.new_to_you.novelty import in_order_of_news, only_repeats
from services.publisher.finding.new_to_you.read_papers import read_papers
from services.publisher.pages.cards import Card
from shared.contracts import KeepSignal
from shared.store.files.data_folder import DataFolder
from shared.store.papers.links import Link, LinkStore
from shared.store.papers.results import ResultStore
from shared.store.papers.summaries import Claim, FieldValue, Quote, SummaryStore
from shared.store.people.preferences import RatingStore, ratings_of
from shared.store.people.signals import SignalStore, signals_of
from tests.support.browsing.reader import FakeReader, page
from tests.support.folders.seed import GRAPHS, HOSTILE, NOON, OLD, TIDES, UNREAD, rating, summary
from tests.support.papers.result_tables import paper_results, result

SAID = "Message passing on sparse random graphs needs only logarithmic rounds when the degree exceeds 2."


def like(data: DataFolder, paper_id: str) -> None:
    RatingStore(data).append(ratings_of(rating(paper_id, "like")))


def link(
    data: DataFolder,
    kind: str,
    quote: str = "We extend branes to graphs.",
    other: str = "Branes are old.",
    **changed: Any,
) -> None:
    quotes = {"quote": Quote(text=quote, section="Introduction"), "other_quote": Quote(text=other, section="Abstract")}
    facts = {"paper_id": GRAPHS, "other_id": OLD, "type": kind, "score": 0.9, "confidence": 0.9, **quotes, **changed}
    LinkStore(data).put(GRAPHS, [Link.model_validate(facts)])


def say_the_same(data: DataFolder) -> None:
    field = FieldValue(name="result", claims=(Claim(text=SAID, quotes=(Quote(text=SAID),)),))
    SummaryStore(data).put_many(summary(paper_id).model_copy(update={"fields": (field,)}) for paper_id in (GRAPHS, OLD))
    link(data, "similar", quote="", other="")


def card_in(text: str, paper_id: str) -> str:
    return text.split(f'data-paper="{paper_id}"')[1].split("</article>")[0]


async def test_a_better_result_than_that_of_a_liked_paper_stands_beside_the_pick_with_both_cells(
    data: DataFolder, fake_reader: FakeReader
) -> None:
    ResultStore(data).put(paper_results(OLD, result("88.1", row=("BraneNet",))))
    assert "new-to-you" not in await page(fake_reader, "/")
    like(data, OLD)
    card = card_in(await page(fake_reader, "/"), GRAPHS)
    assert "Beats:</strong> SQuAD 1.1 F1 (dev) 90.9 against 88.1 in" in card
    assert "Branes and the old scheme of ids" in card
    assert "which you liked in November 2026" in card
    assert "SpanTree · SQuAD / F1: 90.9" in card
    assert "BraneNet · SQuAD / F1: 88.1" in card
    assert card.count("/text?start=500") == 2
    assert "Beats:</strong>" in await page(fake_reader, f"/paper/{GRAPHS}")


@pytest.mark.parametrize(
    ("kind", "changed", "words"),
    [
        ("extends", {}, "Extends:</strong>"),
        ("improves", {}, "Improves on:</strong>"),
        ("contradicts", {}, "Contradicts:</strong>"),
        ("contradicts", {"is_reversed": True}, "Contradicts:</strong>"),
        ("extends", {"is_reversed": True}, ""),
        ("extends", {"confidence": 0.3}, ""),
        ("extends", {"other_quote": None}, ""),
        ("cites", {}, ""),
    ],
)
async def test_a_relation_to_a_liked_paper_is_told_where_sentences_of_both_show_it(
    data: DataFolder, fake_reader: FakeReader, kind: str, changed: dict[str, Any], words: str
) -> None:
    link(data, kind, **changed)
    like(data, OLD)
    card = card_in(await page(fake_reader, "/"), GRAPHS)
    assert ("new-to-you" in card) == bool(words)
    if words:
        assert words in card
        assert "We extend branes to graphs." in card
        assert "Branes are old." in card


async def test_a_pick_that_only_repeats_what_is_known_says_so_and_gives_up_a_place(
    data: DataFolder, fake_reader: FakeReader
) -> None:
    say_the_same(data)
    before = await page(fake_reader, "/")
    assert before.index(f'data-paper="{GRAPHS}"') < before.index(f'data-paper="{TIDES}"')
    like(data, OLD)
    after = await page(fake_reader, "/")
    assert "Repeats what you know:</strong>" in card_in(after, GRAPHS)
    assert card_in(after, GRAPHS).count(SAID) >= 2
    places = [after.index(f'data-paper="{paper_id}"') for paper_id in (TIDES, GRAPHS, UNREAD, HOSTILE)]
    assert places == sorted(places)


async def test_what_a_paper_says_first_counts_before_what_it_repeats(data: DataFolder, fake_reader: FakeReader) -> None:
    say_the_same(data)
    ResultStore(data).put(paper_results(OLD, result("88.1")))
    like(data, OLD)
    text = await page(fake_reader, "/")
    assert "Beats:</strong>" in card_in(text, GRAPHS)
    assert text.index(f'data-paper="{GRAPHS}"') < text.index(f'data-paper="{TIDES}"')


async def test_only_one_s_own_reading_counts(data: DataFolder, fake_reader: FakeReader) -> None:
    ResultStore(data).put(paper_results(OLD, result("88.1")))
    RatingStore(data).append(ratings_of(rating(OLD, "like").model_copy(update={"user": "anna"})))
    assert "new-to-you" not in await page(fake_reader, "/")


def test_papers_are_known_by_likes_saves_and_opens_and_not_where_they_are_disliked(
    data: DataFolder, fake_reader: FakeReader
) -> None:
    mine = fake_reader.components
    store = SignalStore(data)
    for kind, paper_id in (("open", OLD), ("save", TIDES), ("open", HOSTILE)):
        event = KeepSignal.model_validate({"kind": kind, "paper_ids": (paper_id,), "occurred_at": NOON})
        store.append(signals_of(event))
    RatingStore(data).append(ratings_of(rating(HOSTILE, "dislike", minutes=5)))
    known = read_papers(mine.ratings)
    assert (known[OLD].how, known[TIDES].how) == ("opened", "saved")
    assert HOSTILE not in known
    assert known[OLD].at - NOON < timedelta(days=1)


def test_cards_without_news_keep_their_order() -> None:
    cards = [Card(paper_id) for paper_id in (GRAPHS, TIDES)]
    assert in_order_of_news(cards) == cards
    assert in_order_of_news([]) == []
    assert not only_repeats(cards[0])
