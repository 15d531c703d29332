"""A paper as a page shows it, put together from its records."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.publisher.ratings import Ratings
from services.publisher.records import Library
from shared.contracts import Label
from shared.store.papers.metadata import Paper
from shared.store.selections import Candidate
from shared.store.summaries import FieldValue, Summary

_SHOWN_AUTHORS = 3


@dataclass(frozen=True)
class Card:
    """One paper. `pick` None: it was not picked but found, in the place that `found_as` says; `summary` None: not read
    (yet); `problem`: why not."""

    paper_id: str
    paper: Paper | None = None
    pick: Candidate | None = None
    considered: int = 0
    summary: Summary | None = None
    label: Label | None = None
    problem: str = ""
    found_because: tuple[str, ...] = ()
    found_as: str = ""
    marked_title: str = ""
    snippet: str = ""

    @property
    def title(self) -> str:
        return self.paper.title if self.paper and self.paper.title else f"arXiv:{self.paper_id}"

    @property
    def is_being_read(self) -> bool:
        return self.pick is not None and self.summary is None and not self.problem

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is here, beyond what its badge says."""
        return tuple(why for why in self.pick.reasons if why != self.pick.slot) if self.pick else self.found_because

    @property
    def fields(self) -> list[FieldValue]:
        """The fields of which the paper says something."""
        return [value for value in self.summary.fields if value.claims] if self.summary else []

    @property
    def standing(self) -> str:
        return standing(self.pick, self.considered) or self.found_as


def build_cards(
    library: Library,
    ratings: Ratings,
    paper_ids: Sequence[str],
    *,
    picks: Iterable[Candidate] = (),
    considered: int = 0,
    problems: dict[str, str] | None = None,
    reasons: dict[str, tuple[str, ...]] | None = None,
) -> list[Card]:
    """Cards in the order of `paper_ids`."""
    papers, summaries = library.papers(paper_ids), library.summaries(paper_ids)
    labels, by_id = ratings.labels(paper_ids), {pick.paper_id: pick for pick in picks}
    return [
        Card(
            paper_id,
            paper=papers.get(paper_id),
            pick=by_id.get(paper_id),
            considered=considered,
            summary=summaries.get(paper_id),
            label=labels.get(paper_id),
            problem=(problems or {}).get(paper_id, ""),
            found_because=(reasons or {}).get(paper_id, ()),
        )
        for paper_id in paper_ids
    ]


def standing(pick: Candidate | None, considered: int) -> str:
    """A pick's place in words, with the chance that it is liked where that can be said."""
    if pick is None or pick.rank is None:
        return ""
    place = f"no. {pick.rank}" + (f" of {considered}" if considered >= pick.rank else "")
    return match(place, pick.probability)


def match(place: str, probability: float | None) -> str:
    """A place, and the chance that a paper is liked where that is known; a rank alone is no chance."""
    return f"{place} · match {probability:.0%}" if probability is not None else place


def short_authors(authors: Sequence[str]) -> str:
    """The first authors, and how many more there are."""
    shown = ", ".join(authors[:_SHOWN_AUTHORS])
    rest = len(authors) - _SHOWN_AUTHORS
    return f"{shown} and {rest} more" if rest > 0 else shown


def field_label(name: str) -> str:
    """`research_question` as a heading."""
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
