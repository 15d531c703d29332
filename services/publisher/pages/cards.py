"""A paper as a page shows it, put together from its records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from services.publisher.library.saved import Marks
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from shared.contracts import Label, Match
from shared.paper_labels import paper_label
from shared.store.papers.metadata import Paper
from shared.store.papers.summaries import FieldValue, Summary
from shared.store.selections import Candidate
from shared.text.references.publication import NOT_PUBLISHED, Publication, publication_of
from shared.text.tex.words import in_words

if TYPE_CHECKING:
    from services.publisher.finding.new_to_you.novelty import Line

_SHOWN_AUTHORS = 3
_SOURCES = {
    "oai": "OAI-PMH", "oai_dc": "OAI-PMH", "query": "the arXiv API", "openrxiv": "the API of bioRxiv and medRxiv",
    "latex": "LaTeX", "html": "HTML", "pdf": "PDF",
}  # fmt: skip
LEAD = "one_sentence_summary"
_LAST = ("institutions", "further_thoughts")
_AS_ASKED = 0
_PLACES = {LEAD: -1, **{name: 1 + place for place, name in enumerate(_LAST)}}
_LONG = ("experiment",)
_ROOM = 4
_OF_THE_PAGE = ("en", "any")
_LITTLE = 0.0001
_TOP_PICKS = 3
_READINGS = {
    "full_text": "the full text, by a model",
    "abstract": "the abstract alone, by a model",
    "extractive": "sentences of the paper, without a model",
}
_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class CardHit:
    """What a search or a recommendation says of a paper: `rank` in words; `title` and `snippet` with their marks.

    `details` are the numbers behind the reasons.
    """

    reasons: tuple[str, ...] = ()
    rank: str = ""
    title: str = ""
    snippet: str = ""
    match: Match = ""
    details: tuple[str, ...] = ()


_NO_HIT = CardHit()
_NO_MARKS = Marks()


@dataclass(frozen=True)
class Card:
    """One paper. `pick` None: not picked; `summary` None: none yet; `problem`: why there will be none.

    `gone` are claims, as field and number from 1, of which a quote is not in the newest version any more.
    `new_to_you` is what it says beside papers that the person knows.
    """

    paper_id: str
    paper: Paper | None = None
    pick: Candidate | None = None
    considered: int = 0
    summary: Summary | None = None
    label: Label | None = None
    problem: str = ""
    hit: CardHit = _NO_HIT
    marks: Marks = _NO_MARKS
    gone: frozenset[tuple[str, int]] = frozenset()
    file_withdrawn: bool = False
    new_to_you: "tuple[Line, ...]" = ()

    @property
    def is_withdrawn(self) -> bool:
        """Whether its authors withdrew it, as arXiv's metadata or its file say; its summary counts for nothing then."""
        return self.file_withdrawn or bool(self.paper and self.paper.withdrawn)

    @property
    def publication(self) -> Publication:
        """Where it was published or accepted, and code and data, as arXiv's metadata say."""
        return publication_of(self.paper) if self.paper else NOT_PUBLISHED

    @property
    def is_skipped(self) -> bool:
        """Skipped, and not rated since: who rates a paper has an opinion on it."""
        return self.marks.is_skipped and self.label is None

    @property
    def title(self) -> str:
        return in_words(self.paper.title) if self.paper and self.paper.title else paper_label(self.paper_id)

    @property
    def is_being_summarised(self) -> bool:
        return self.pick is not None and self.summary is None and not self.problem

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is here, beyond what its badge says."""
        return (
            tuple(reason for reason in self.pick.reasons if reason != self.pick.slot) if self.pick else self.hit.reasons
        )

    @property
    def match(self) -> Match:
        """How well it matches what the user liked; empty where that is not known, or must not bias a rating."""
        return self.pick.match if self.pick else self.hit.match

    @property
    def is_top_pick(self) -> bool:
        """Whether it is among the best of its day, and a strong match at that."""
        rank = self.pick.rank if self.pick and self.pick.slot == "top" else None
        return self.match == "strong" and rank is not None and rank <= _TOP_PICKS

    @property
    def numbers(self) -> tuple[str, ...]:
        """Its rank and the numbers behind its reasons, in words."""
        details = self.pick.details if self.pick else self.hit.details
        return tuple(filter(None, (self.rank, *details)))

    @property
    def fields(self) -> list[FieldValue]:
        """The fields that the summary fills."""
        return [value for value in self.summary.fields if value.claims] if self.summary else []

    @property
    def lead(self) -> FieldValue | None:
        """The field that sums the paper up in a sentence, shown first and without a heading."""
        return next((value for value in self.fields if value.name == LEAD), None)

    @property
    def told(self) -> list[FieldValue]:
        """The other fields that the summary fills."""
        return [value for value in in_order(self.fields) if value.name != LEAD]

    @property
    def shown_fields(self) -> list[str]:
        """Names of the fields that a card has room for."""
        names = [value.name for value in self.told if value.name not in _LAST]
        return [name for name in names if name not in _LONG] if len(names) > _ROOM else names

    @property
    def language(self) -> str:
        """The language that a model wrote in, where it is not that of the page; the paper's own words have none."""
        language = self.summary.made_by.language if self.summary and self.summary.mode == "llm" else ""
        return "" if language in _OF_THE_PAGE else language

    @property
    def reading(self) -> str:
        """What was read, in words."""
        return _READINGS.get(self.summary.reading or "", "") if self.summary else ""

    @property
    def rank(self) -> str:
        """The paper's rank in words, among the day's papers or in the list; empty where it has none."""
        return pick_rank(self.pick, self.considered) or self.hit.rank


def build_cards(
    records: Records,
    ratings: Ratings,
    paper_ids: Sequence[str],
    *,
    picks: Iterable[Candidate] = (),
    considered: int = 0,
    problems: Mapping[str, str] = _NONE,
    hits: Mapping[str, CardHit] = _NONE,
) -> list[Card]:
    """Cards in the order of `paper_ids`; `problems` and `hits` by paper id."""
    papers, summaries = records.papers(paper_ids), records.summaries(paper_ids)
    marks = ratings.library.marks(paper_ids)
    labels, picks_by_id = ratings.labels(paper_ids), {pick.paper_id: pick for pick in picks}
    return [
        Card(
            paper_id,
            paper=papers.get(paper_id),
            pick=picks_by_id.get(paper_id),
            considered=considered,
            summary=summaries.get(paper_id),
            label=labels.get(paper_id),
            problem=problems.get(paper_id, ""),
            hit=hits.get(paper_id, _NO_HIT),
            marks=marks[paper_id],
            file_withdrawn=bool((revision := records.revision(paper_id)) and revision.withdrawn_at),
        )
        for paper_id in paper_ids
    ]


def pick_rank(pick: Candidate | None, considered: int) -> str:
    """`Rank 3 of 120`, with the match score where there is one; empty for a paper that was not ranked."""
    if pick is None or pick.rank is None:
        return ""
    return with_match(rank_of(pick.rank, considered), pick.probability)


def rank_of(rank: int, total: int = 0) -> str:
    """A rank in words; a total below the rank is left out."""
    return f"Rank {rank} of {total}" if total >= rank else f"Rank {rank}"


def with_match(rank: str, probability: float | None) -> str:
    """A rank and the match score (the predicted probability of a like), where it can be predicted."""
    return f"{rank} · match score {probability:.0%}" if probability is not None else rank


def short_authors(authors: Sequence[str]) -> str:
    """The first authors, and how many more there are."""
    shown = ", ".join(authors[:_SHOWN_AUTHORS])
    rest = len(authors) - _SHOWN_AUTHORS
    return f"{shown} and {rest} more" if rest > 0 else shown


def in_order(fields: Iterable[FieldValue]) -> list[FieldValue]:
    """The sentence that sums up first; the institutions and the model's own thoughts last; others as they are asked."""
    return sorted(fields, key=lambda value: _PLACES.get(value.name, _AS_ASKED))


def checked(summary: Summary) -> str:
    """How far the quotes of a summary that a model wrote were borne out."""
    sums = summary.verification
    if not sums.quotes:
        return "quotes checked against the text"
    weak = f", {sums.weak} weak {'claim' if sums.weak == 1 else 'claims'}" if sums.weak else ""
    return f"{sums.found} of {sums.quotes} {'quote' if sums.quotes == 1 else 'quotes'} found{weak}"


def money(cost: float) -> str:
    """An amount in the currency of the prices, with enough digits that little is not nothing."""
    return f"{cost:.2f}" if cost >= 1 or not cost else f"{cost:.4f}" if cost >= _LITTLE else "less than 0.0001"


_FIELD_LABELS = {
    "one_sentence_summary": "In one sentence",
    "further_thoughts": "Further thoughts (the model's own)",
}


def field_label(name: str) -> str:
    """`research_question` as a heading."""
    if name in _FIELD_LABELS:
        return _FIELD_LABELS[name]
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def source_label(name: str) -> str:
    """Where metadata or a text came from, under the name that people know it by."""
    kind = name.partition(" ")[0]
    return _SOURCES.get(kind, kind)
