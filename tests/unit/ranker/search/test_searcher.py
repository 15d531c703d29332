"""Search as a request: words and meaning fused, filters, papers like others, and arXiv's own results re-ranked."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.ranker.search.meaning_floor import UNANSWERED
from shared.contracts import ArxivSearch, ArxivSearchReply, Encode, EncodeReply, FoundPaper, HitsReply, Search
from shared.errors import RequestFailed
from tests.unit.ranker.world import MORNING, TOPICS, World, paper_id, topic_vector


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.add_papers(*range(1, 41))
    return made


async def search(world: World, **request: Any) -> HitsReply:
    reply = await world.bus.responders[Search](Search.model_validate(request))
    assert isinstance(reply, HitsReply)
    return reply


def numbers(reply: HitsReply) -> list[int]:
    return [int(hit.paper_id[-2:]) for hit in reply.hits]


async def test_hits_show_the_words_sought_in_title_and_passage(world: World) -> None:
    hit = (await search(world, query="galaxy of kind 6")).hits[0]
    assert (hit.paper_id, hit.title) == (paper_id(6), "Paper ⟦6⟧ on ⟦galaxies⟧")
    assert hit.snippet == "We study ⟦galaxies⟧ of ⟦kind⟧ ⟦6⟧."


async def test_filters_hold_for_words_and_for_meaning(world: World) -> None:
    day = MORNING.date()
    found = await search(world, query="galaxies", since=day - timedelta(days=1), until=day, limit=50)
    assert numbers(found)
    assert all(n % 7 <= 1 for n in numbers(found))
    assert numbers(await search(world, query="galaxies", categories=["math"])) == []
    assert numbers(await search(world, query="galaxies author:nobody")) == []
    assert all(n % 4 != 2 for n in numbers(await search(world, query="kind -galaxies", limit=50)))


async def test_only_what_was_seen_or_liked_or_the_rest(world: World) -> None:
    world.say("like", 6, 8)
    world.say("dislike", 10)
    assert set(numbers(await search(world, query="kind", liked=True))) == {6, 8}
    assert set(numbers(await search(world, query="kind", seen=True))) == {6, 8, 10}
    rest = numbers(await search(world, query="kind", seen=False, limit=50))
    assert len(rest) == 37
    assert not {6, 8, 10} & set(rest)
    assert set(numbers(await search(world, query="kind", seen=True, liked=False))) == {10}
    assert numbers(await search(world, disliked=True)) == [10]


def encoded_as(asked: Encode, topics: dict[str, int]) -> EncodeReply:
    vectors = (topic_vector(topics.get(text, -1), 3) for text in asked.texts)
    return EncodeReply(model="test", vectors=tuple(tuple(map(float, vector)) for vector in vectors))


async def test_what_is_far_in_meaning_is_no_hit(world: World) -> None:
    assert {n % 4 for n in numbers(await search(world, query="galaxies", limit=50))} == {2}
    assert numbers(await search(world, query=UNANSWERED[0])) == []
    found = await search(world, query="graph theory")
    assert {n % 4 for n in numbers(found)[:5]} == {0}
    assert "No paper has" not in found.note
    world.bus.answers[Encode] = lambda asked: encoded_as(asked, {"bourse": 3})
    found = await search(world, query="bourse")
    assert {n % 4 for n in numbers(found)[:5]} == {3}
    assert found.note == "No paper has these words; these are the nearest in meaning."


async def test_a_phrase_and_the_word_of_a_field_must_be_there(world: World) -> None:
    assert numbers(await search(world, query='galaxies "kind 6"')) == [6]
    assert numbers(await search(world, query="galaxies abstract:6")) == [6]
    assert numbers(await search(world, query='galaxies "of kind" author:"Author"', limit=3, order="date"))


async def test_a_category_that_does_not_exist_is_named(world: World) -> None:
    for request in ({"query": "galaxies cat:cs.LGG"}, {"query": "galaxies", "categories": ["cs.LGG"]}):
        found = await search(world, **request)
        assert (found.hits, found.problem) == ((), "arXiv has no category 'cs.LGG'; did you mean cs.LG?")
    assert numbers(await search(world, query="galaxies cat:CS.lg"))
    assert numbers(await search(world, query="galaxies -cat:cs.LG")) == []


async def test_days_that_end_before_they_begin_are_named(world: World) -> None:
    says = "No day is from 2026-10-01 on and not after 2026-09-30; swap the two."
    for request in (
        {"query": "galaxies from:2026-10 to:2026-09"},
        {"query": "galaxies from:2026-10", "until": "2026-09-30"},
        {"query": "galaxies", "since": "2026-10-01", "until": "2026-09-30"},
    ):
        found = await search(world, **request)
        assert (found.hits, found.problem) == ((), says)


async def test_pages_follow_each_other_and_say_how_many_there_are(world: World) -> None:
    whole = await search(world, query="kind", limit=40)
    parts = [await search(world, query="kind", limit=15, offset=offset) for offset in (0, 15, 30, 45)]
    assert [hit for part in parts for hit in part.hits] == list(whole.hits)
    assert {(part.total, part.at_least) for part in parts} == {(40, False)}


async def test_hits_by_date_are_those_with_all_the_words_newest_first(world: World) -> None:
    found = await search(world, query="galaxies kind", order="date", limit=50)
    assert [n % 7 for n in numbers(found)] == sorted(n % 7 for n in numbers(found))
    assert {n % 4 for n in numbers(found)} == {2}
    some = await search(world, query="galaxies unheard", order="date", limit=50)
    assert [n % 7 for n in numbers(some)] == sorted(n % 7 for n in numbers(some))
    assert numbers(some)


async def test_hits_by_match_follow_the_ratings_and_say_so_where_there_are_none(world: World) -> None:
    assert "match scores come with your first ratings" in (await search(world, query="kind", order="match")).note
    world.say("like", 1, 5)
    world.say("dislike", 2)
    found = await search(world, query="kind", order="match", limit=40)
    assert {n % 4 for n in numbers(found)[:8]} == {1}
    assert (found.note, found.total, found.order) == ("", 40, "match")


async def test_filters_alone_list_the_newest_first(world: World) -> None:
    found = numbers(await search(world, until=MORNING.date() - timedelta(days=5), limit=50))
    assert found == sorted(found, key=lambda n: n % 7)
    assert {n % 7 for n in found} == {5, 6}
    assert numbers(await search(world)) == []
    by_filter = await search(world, query="cat:cs.LG")
    assert (by_filter.order, by_filter.hits[0].reasons) == ("date", ())


async def test_papers_like_one_or_several_are_of_their_kinds_and_not_themselves(world: World) -> None:
    one = numbers(await search(world, like=[paper_id(6)]))
    assert {n % 4 for n in one[:9]} == {2}
    assert 6 not in one
    both = numbers(await search(world, like=[paper_id(6), paper_id(5)], limit=10))
    assert {n % 4 for n in both} == {1, 2}


async def test_like_a_paper_without_a_vector_goes_by_its_text_and_without_an_embedder_by_its_title(
    world: World,
) -> None:
    world.add_metadata(58)
    assert {n % 4 for n in numbers(await search(world, like=[paper_id(58)]))[:5]} == {2}
    del world.bus.answers[Encode]
    found = await search(world, like=[paper_id(58)])
    assert {n % 4 for n in numbers(found)[:5]} == {2}
    assert found.note.startswith("Searched by keywords alone")


async def test_however_few_papers_pass_the_nearest_of_them_are_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.ranker.search.searcher.DEPTH", 3)
    found = await search(world, query="galaxies", until=MORNING.date() - timedelta(days=6), limit=3)
    assert len(numbers(found)) >= 2
    assert all(n % 7 == 6 for n in numbers(found))


async def test_a_damaged_index_is_mended_within_the_search(world: World) -> None:
    await search(world, query="kind 6")
    for path in world.data.path("state", "search", "words").glob("*.term"):
        path.unlink()
    (world.data.path("state", "search", "words") / "meta.json").touch()
    assert (await search(world, query="kind 6")).hits[0].paper_id == paper_id(6)


def found_at_arxiv(number: int, **facts: Any) -> FoundPaper:
    topic = TOPICS[number % 4]
    return FoundPaper.model_validate(
        {
            "paper_id": paper_id(number),
            "title": f"Paper on {topic}",
            "abstract": "Text.",
            "categories": ["cs.LG"],
            **facts,
        }
    )


async def test_what_arxiv_finds_is_ranked_by_meaning_and_taste_and_nothing_is_stored(world: World) -> None:
    world.say("like", 2, 6)
    papers = tuple(found_at_arxiv(number) for number in (501, 503, 505, 502, 6))
    world.bus.answers[ArxivSearch] = ArxivSearchReply(papers=papers, total=1234)
    found = await search(world, query="galaxies", where="arxiv")
    assert numbers(found)[0] == 2
    assert numbers(found).index(6) < 4
    assert [reason.rpartition(" ")[0] for reason in found.hits[0].reasons] == ["arXiv", "semantic", "your model"]
    assert found.note == "arXiv finds 1234 papers; the first 5 are re-ranked for you."
    assert found.hits[0].unknown is not None
    assert world.metadata.get([paper_id(502)]) == {}


async def test_arxivs_results_keep_to_the_filters(world: World) -> None:
    papers = (
        found_at_arxiv(1, categories=["math.CO"], authors=["Ann Lee"], published_at=MORNING),
        found_at_arxiv(2, published_at=MORNING - timedelta(days=9)),
        found_at_arxiv(3),
    )
    world.bus.answers[ArxivSearch] = ArxivSearchReply(papers=papers, total=3)
    ask = {"query": "x", "where": "arxiv"}
    assert numbers(await search(world, **ask, categories=["math"])) == [1]
    assert numbers(await search(world, **ask, author="lee")) == [1]
    assert numbers(await search(world, **ask, since=date(2026, 11, 1))) == [1]
    world.say("like", 2)
    assert set(numbers(await search(world, **ask, seen=False))) == {1, 3}


async def test_without_an_embedder_arxivs_order_stands_and_without_arxiv_the_note_says_so(world: World) -> None:
    world.bus.answers[ArxivSearch] = ArxivSearchReply(papers=tuple(map(found_at_arxiv, (3, 502, 1))), total=3)
    del world.bus.answers[Encode]
    found = await search(world, query="galaxies", where="arxiv")
    assert numbers(found) == [3, 2, 1]
    assert found.note.startswith("In arXiv's own order")
    world.bus.answers[ArxivSearch] = RequestFailed("arXiv is away", code="temporary", retryable=True)
    assert (await search(world, query="x", where="arxiv")).note == "arXiv's search is unavailable: arXiv is away"
    assert "Enter a query" in (await search(world, where="arxiv")).note
