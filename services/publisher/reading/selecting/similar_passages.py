"""Papers like a selected passage, and passages like it in papers that were read."""

import asyncio
import re
from dataclasses import dataclass

from services.publisher.pages.cards import Card, build_cards
from services.publisher.pages.components import Components
from services.publisher.pages.templating import text_path
from shared.contracts import Corpus, FindPassages, HitsReply, PassageHit, Search
from shared.errors import RequestFailed

MOST_CHARACTERS = 4_000
_MOST_WORDS = 80
_SHOWN = 6
_FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]*\$|\\[A-Za-z]+", re.S)
_TABLE_ROW = re.compile(r"\s*(?:\|.*\||\+[-=:+]{3,})\s*$")
_WORD = re.compile(r"[^\W_][\w'’-]*")


@dataclass(frozen=True)
class SimilarPassage:
    """A passage of another paper; `address` opens the text at it where its place is known."""

    paper_id: str
    title: str
    section: str
    text: str
    address: str


@dataclass(frozen=True)
class SimilarToPassage:
    """What was found; each kind has a problem of its own, so that one that does not answer leaves the other."""

    cards: list[Card]
    passages: list[SimilarPassage]
    papers_problem: str = ""
    passages_problem: str = ""


def query_of(passage: str) -> str:
    """The words of a passage as a query: without formulas, and without what a query would take for an operator."""
    words = _WORD.findall(_FORMULA.sub(" ", passage))
    return " ".join(words[:_MOST_WORDS])


async def find_similar(mine: Components, passage: str, paper_id: str) -> SimilarToPassage:
    """Asks the ranker and the summarizer at once; the paper that the passage is of is left out."""
    query = query_of(passage)
    if not query:
        nothing = "The passage has no words to look for."
        return SimilarToPassage([], [], nothing, nothing)
    papers, passages = await asyncio.gather(_papers(mine, query), _passages(mine, query))
    ids = [hit.paper_id for hit in papers.hits if hit.paper_id != paper_id][:_SHOWN]
    cards = await asyncio.to_thread(build_cards, mine.records, mine.ratings, ids)
    others = [hit for hit in passages if hit.paper_id != paper_id] if isinstance(passages, tuple) else []
    return SimilarToPassage(
        cards,
        [_shown(hit) for hit in others[:_SHOWN]],
        papers.problem,
        passages if isinstance(passages, str) else "",
    )


async def _papers(mine: Components, query: str) -> HitsReply:
    try:
        return await mine.bus.ask(Search(query=query, limit=_SHOWN + 1, user=mine.user))
    except RequestFailed as error:
        return HitsReply(problem=f"Papers cannot be searched right now: {error}")


async def _passages(mine: Components, query: str) -> tuple[PassageHit, ...] | str:
    """The passages, or why there are none."""
    wanted = FindPassages(query=query, corpus=Corpus(kind="mine"), limit=4 * _SHOWN, user=mine.user)
    try:
        return (await mine.bus.ask(wanted)).passages
    except RequestFailed as error:
        return f"Passages cannot be searched right now: {error}"


def _shown(hit: PassageHit) -> SimilarPassage:
    address = text_path(hit.paper_id, hit.start, hit.end, hit.version)
    return SimilarPassage(hit.paper_id, hit.title, hit.section, without_tables(hit.text), address)


def without_tables(text: str) -> str:
    """A passage on one line; of its tables the captions stay, because rows say nothing there."""
    return " ".join(" ".join(line for line in text.splitlines() if not _TABLE_ROW.match(line)).split())
