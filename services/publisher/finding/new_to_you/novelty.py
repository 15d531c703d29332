"""What picks say beside papers that a person knows, from verified claims and exact cells alone, with both quotes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from services.publisher.finding.new_to_you.beaten_results import Beaten, beaten
from services.publisher.finding.new_to_you.read_papers import ReadPaper, read_papers
from services.publisher.finding.new_to_you.repeated_claims import repetition
from services.publisher.pages.cards import Card
from services.publisher.pages.linked_papers import other_ends
from services.publisher.pages.templating import text_path
from services.publisher.records.all_results import best_own_results
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from shared.paper_labels import paper_label
from shared.relations import SeenLink, seen_from
from shared.result_search import FoundResult
from shared.store.papers.summaries import Quote, Summary
from shared.text.tex.words import in_words

Kind = Literal["contradicts", "beats", "extends", "improves", "repeats"]
_ORDER: tuple[Kind, ...] = ("contradicts", "beats", "extends", "improves", "repeats")
_RELATIONS: Mapping[str, Kind] = {"contradicts": "contradicts", "extends": "extends", "improves": "improves"}
_WORDS: Mapping[Kind, str] = {
    "contradicts": "Contradicts",
    "beats": "Beats",
    "extends": "Extends",
    "improves": "Improves on",
    "repeats": "Repeats",
}
_SUREST = 0.5
_MOST_LINES = 3
_HOW: Sequence[str] = ("liked", "saved", "opened")


class ShownQuote(NamedTuple):
    """Words of a paper and where they lead; `where` names the section or the table, as `in Table 2`."""

    text: str
    where: str
    address: str


class Line(NamedTuple):
    """What a pick does to a known paper. `measure` are the results in words, where it beats it."""

    kind: Kind
    other: ReadPaper
    title: str
    quote: ShownQuote
    other_quote: ShownQuote
    measure: str = ""

    @property
    def words(self) -> str:
        return _WORDS[self.kind]


def with_novelty(records: Records, ratings: Ratings, cards: Sequence[Card]) -> list[Card]:
    """The cards, each with what it says beside the papers that this person knows, once it is summarised."""
    known = read_papers(ratings) if any(card.summary for card in cards) else {}
    if not known:
        return list(cards)
    return [replace(card, new_to_you=_lines(records, card, known)) if card.summary else card for card in cards]


def in_order_of_news(cards: Sequence[Card]) -> list[Card]:
    """Each card that only repeats what is known gives up one place to the next one that does not."""
    ordered = list(cards)
    place = len(ordered) - 2
    while place >= 0:
        if only_repeats(ordered[place]) and not only_repeats(ordered[place + 1]):
            ordered[place], ordered[place + 1] = ordered[place + 1], ordered[place]
        place -= 1
    return ordered


def only_repeats(card: Card) -> bool:
    """Whether all that is known to be said beside known papers is that one of them says it too."""
    return bool(card.new_to_you) and all(line.kind == "repeats" for line in card.new_to_you)


def _lines(records: Records, card: Card, known: Mapping[str, ReadPaper]) -> tuple[Line, ...]:
    links = records.links(card.paper_id)
    near = [paper_id for paper_id in other_ends(card.paper_id, links) if paper_id in known]
    lines = [
        *_beaten_lines(records, card, known),
        *_linked_lines(records, card, seen_from(card.paper_id, links), known),
        *_repeated_lines(records, card, near, known),
    ]
    best: dict[str, Line] = {}
    for line in sorted(lines, key=_telling_most_first):
        best.setdefault(line.other.paper_id, line)
    return tuple(best.values())[:_MOST_LINES]


def _telling_most_first(line: Line) -> tuple[int, int, float]:
    return _ORDER.index(line.kind), _HOW.index(line.other.how), -line.other.at.timestamp()


def _beaten_lines(records: Records, card: Card, known: Mapping[str, ReadPaper]) -> list[Line]:
    record = records.results_of(card.paper_id)
    mine = best_own_results(record) if record else {}
    others = [paper_id for paper_id in known if paper_id != card.paper_id]
    found = beaten(mine, records.best_results(), others) if mine else []
    titles = _titles(records, [one.other.paper_id for one in found])
    return [
        Line(
            "beats",
            known[one.other.paper_id],
            titles[one.other.paper_id],
            _cell(one.mine),
            _cell(one.other),
            measure_of(one),
        )
        for one in found
    ]


def _linked_lines(
    records: Records, card: Card, links: Sequence[SeenLink], known: Mapping[str, ReadPaper]
) -> list[Line]:
    """Relations that a model saw, which sentences of both papers show."""
    shown = [
        (kind, link, link.quote, link.other_quote)
        for link in links
        if (kind := _kind(link)) and link.other_id in known and link.quote and link.other_quote
    ]
    titles = _titles(records, [link.other_id for _, link, _, _ in shown])
    summaries = records.summaries([link.other_id for _, link, _, _ in shown])
    return [
        Line(
            kind,
            known[link.other_id],
            titles[link.other_id],
            _sentence(card.paper_id, quote, card.summary),
            _sentence(link.other_id, other, summaries.get(link.other_id)),
        )
        for kind, link, quote, other in shown
        if quote.found and other.found
    ]


def _kind(link: SeenLink) -> Kind | None:
    is_its_own = link.direction != "incoming" or link.relation == "contradicts"
    return _RELATIONS.get(link.relation) if is_its_own and link.confidence >= _SUREST else None


def _repeated_lines(records: Records, card: Card, near: Sequence[str], known: Mapping[str, ReadPaper]) -> list[Line]:
    """What linked papers that are known say too; links know which papers could."""
    summaries, titles = records.summaries(near), _titles(records, near)
    lines = []
    for paper_id, other in summaries.items():
        found = repetition(card.summary, other) if card.summary else None
        if found is not None:
            quotes = _sentence(card.paper_id, found.mine, card.summary), _sentence(paper_id, found.other, other)
            lines.append(Line("repeats", known[paper_id], titles[paper_id], *quotes))
    return lines


def measure_of(one: Beaten) -> str:
    """`SQuAD 1.1 F1 93.2 against 90.9`."""
    result = one.mine.result
    split = f" ({result.split})" if result.split else ""
    return f"{result.dataset} {result.metric}{split} {_value(one.mine)} against {_value(one.other)}"


def _value(found: FoundResult) -> str:
    return f"{found.result.value}{'%' if found.result.unit == '%' else ''}"


def _cell(found: FoundResult) -> ShownQuote:
    """A cell with its headings, as the quote of a table."""
    result, table = found.result, found.table
    start, end = (table.start, table.end) if result.start is None else (result.start, result.end)
    address = text_path(found.paper_id, start, end, found.version)
    return ShownQuote(f"{result.place}: {result.cell}", f"in {table.name}", address)


def _sentence(paper_id: str, quote: Quote, summary: Summary | None) -> ShownQuote:
    version = summary.made_by.document_version if summary else None
    has_place = quote.start is not None and version is not None
    address = text_path(paper_id, quote.start, quote.end, version) if has_place else ""
    return ShownQuote(quote.text, f"in “{quote.section}”" if quote.section else "", address)


def _titles(records: Records, paper_ids: Sequence[str]) -> dict[str, str]:
    papers = records.papers(paper_ids)
    return {
        paper_id: in_words(papers[paper_id].title) if paper_id in papers else paper_label(paper_id)
        for paper_id in paper_ids
    }
