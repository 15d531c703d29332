"""A citation opened in place: the cited paper, how the two are related, and what the person did with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from services.publisher.pages.cards import Card, build_cards
from services.publisher.pages.components import Components
from services.publisher.reading.citations.standings import Standing, standings_of
from services.publisher.reading.citations.titles import TitleIndex, paper_of
from services.publisher.reading.fulltext.reference_list import reference_html
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from shared.relations import SeenLink, seen_from
from shared.store.papers.documents import Reference

_BARE = "cites"
"""A relation that says no more than that there is this citation."""


@dataclass(frozen=True)
class CitedCard:
    """`card` None: which paper it is is not known; its `paper` None: it is, but its metadata is not here.

    `relations` are those of the summary, beyond that it is cited.
    """

    number: int
    entry: Markup
    card: Card | None
    standing: Standing | None
    relations: tuple[SeenLink, ...]
    citing_id: str
    version: int | None


class CitedPapers:
    """Which paper each reference of a text means, for one person."""

    def __init__(self, records: Records, ratings: Ratings) -> None:
        self.standings = standings_of(ratings)
        self._titles = TitleIndex(records.papers(self.standings).values())

    def paper(self, reference: Reference) -> str | None:
        return paper_of(reference, self._titles)

    def by_number(self, references: tuple[Reference, ...]) -> Mapping[int, Standing]:
        """The standing of each cited paper that the person did something with, by the number of its reference."""
        papers = {number: self.paper(entry) for number, entry in enumerate(references, start=1)}
        return {
            number: self.standings[paper_id]
            for number, paper_id in papers.items()
            if paper_id is not None and paper_id in self.standings
        }


def build_cited_card(mine: Components, paper_id: str, version: int | None, number: int) -> CitedCard | None:
    """The card of a reference of a text by its number, from 1; None where the text has no such reference."""
    record = mine.records.documents.record(paper_id, version)
    references = record.references if record else ()
    if not 1 <= number <= len(references):
        return None
    reference = references[number - 1]
    known = CitedPapers(mine.records, mine.ratings)
    cited_id = known.paper(reference)
    card = next(iter(build_cards(mine.records, mine.ratings, [cited_id])), None) if cited_id else None
    return CitedCard(
        number=number,
        entry=reference_html(reference),
        card=card,
        standing=known.standings.get(cited_id or ""),
        relations=_relations(mine.records, paper_id, cited_id) if cited_id else (),
        citing_id=paper_id,
        version=version,
    )


def _relations(records: Records, paper_id: str, cited_id: str) -> tuple[SeenLink, ...]:
    seen = seen_from(paper_id, records.links(paper_id))
    return tuple(link for link in seen if link.other_id == cited_id and link.relation != _BARE)
