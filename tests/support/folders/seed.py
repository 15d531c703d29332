"""A data folder with two days of papers, picks, summaries, links and ratings, for tests and screenshots."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from shared.contracts import FeedbackLabel, Label, Match
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore
from shared.store.papers.documents import DocumentRecord, DocumentStore, Section
from shared.store.papers.links import Link, LinkStore
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.results import ResultStore
from shared.store.papers.summaries import Claim, FieldValue, MadeBy, Quote, Summary, SummaryStore
from shared.store.people.preferences import RatingStore, ratings_of
from shared.store.selections import Candidate, SelectionStore
from tests.support.papers.result_tables import paper_results, result

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)
TODAY = date(2026, 11, 6)
YESTERDAY = date(2026, 11, 5)
GRAPHS, TIDES, PROTEINS, HOSTILE, UNREAD, OLD, FAR = (
    "2611.00101",
    "2611.00102",
    "2611.00103",
    "2611.00104",
    "2611.00105",
    "hep-th/9901001",
    "2611.00001",
)
HOSTILE_TITLE = """<script>alert("x")</script> & 'quotes' "double": $a<b$ {{ 7*7 }} | # - [x](javascript:alert(1))"""

_PAPERS = {
    GRAPHS: (
        "Message passing on sparse graphs needs only $O(\\log n)$ rounds",
        "We study message passing on sparse random graphs with $n$ nodes and average degree $d$. Although earlier "
        "bounds grow as $\\sqrt{n}$, we show that $O(\\log n)$ rounds suffice when $d > 2$, and that this is tight: "
        "$$\\Pr[\\text{fail}] \\le \\exp\\left(-\\frac{d^2}{2\\sigma^2}\\right).$$ The code costs $5 to run.",
        ("Mira Oduya", "Jonas Feldt", "Ana Reis", "Tom Okafor", "Li Wen"),
        ("cs.LG", "math.PR"),
    ),
    TIDES: (
        "Tidal heating of eccentric sub-Neptunes",
        "Sub-Neptunes on eccentric orbits are heated by tides. We model 1,200 planets and find that a fifth of them "
        "lose a quarter of their envelope within 1 Gyr.",
        ("Hanna Voss", "R. Iyer"),
        ("astro-ph.EP",),
    ),
    PROTEINS: (
        "Small language models predict protein stability as well as large ones",
        "We compare protein language models of 8 million to 15 billion parameters on 14 stability data sets.",
        ("Chidi Eze",),
        ("q-bio.BM", "cs.LG"),
    ),
    HOSTILE: (
        HOSTILE_TITLE,
        'An abstract with <img src=x onerror="alert(1)"> in it.',
        ("A. <b>Uthor</b>",),
        ("cs.CR",),
    ),
    UNREAD: (
        "A benchmark of retrieval for long legal documents",
        "Retrieval over long legal documents is hard to measure. We publish 900 questions with marked passages.",
        ("Paula Grün", "Nils Berg", "Ida Sol", "O. Marsh"),
        ("cs.IR", "cs.CL"),
    ),
    OLD: ("Branes and the old scheme of ids", "An old paper.", ("E. Elder",), ("hep-th",)),
    FAR: ("Loopy belief propagation revisited", "Belief propagation on graphs with cycles.", ("Q. Adler",), ("cs.LG",)),
}


def paper(paper_id: str) -> Paper:
    """The metadata of one of the seeded papers."""
    title, abstract, authors, categories = _PAPERS[paper_id]
    return Paper(
        paper_id,
        2 if paper_id == GRAPHS else 1,
        title,
        abstract,
        authors,
        categories,
        categories[0],
        NOON,
        NOON,
        comment="12 pages, 4 figures",
        license="http://creativecommons.org/licenses/by/4.0/",
        harvested_at=NOON,
    )


def pick(paper_id: str, rank: int | None, slot: str = "top", day: date = TODAY, *reasons: str) -> Candidate:
    """A paper that was picked."""
    return Candidate(
        paper_id=paper_id,
        day=day,
        run_id=f"run-{day}",
        score=None if rank is None else 0.95 - 0.07 * rank,
        rank=rank,
        outcome="picked",
        slot=slot,
        reasons=reasons,
        regime="similarity",
        model="minilm",
        made_at=NOON,
    )


def matched(candidate: Candidate, match: Match) -> Candidate:
    """The same with its match, and the numbers behind it."""
    return candidate.model_copy(update={"match": match, "details": ("cosine 0.62",)})


def summary(paper_id: str, *, mode: str = "extractive", notes: tuple[str, ...] = ()) -> Summary:
    """A summary with one claim that is a quote, one that rests on one, and one whose quote was not found."""
    abstract = _PAPERS[paper_id][1]
    sentences = [sentence.rstrip(".") + "." for sentence in abstract.split(". ")]
    first, last = sentences[0], sentences[min(1, len(sentences) - 1)]
    return Summary.model_validate(
        {
            "paper_id": paper_id,
            "version": 1,
            "mode": mode,
            "fields": (
                FieldValue(name="problem", claims=(_claim(first, first, "Introduction"),)),
                FieldValue(
                    name="method",
                    claims=(
                        _claim("They count **walks** of length $k$.", "walks of length $k$ are counted"),
                        _claim("Nobody said this.", "no such words", "3 Method", found=False),
                    ),
                ),
                FieldValue(name="result", claims=(_claim(last, last, "5 Results"),)),
                FieldValue(name="limitations"),
            ),
            "tags": ("Graph neural networks", "Probability") if "cs.LG" in _PAPERS[paper_id][3] else ("Planets",),
            "notes": notes,
            "made_at": NOON,
            "made_by": MadeBy(event_id="event-1", run_id=f"run-{TODAY}", model="extractive", document_version=1),
        }
    )


def _claim(text: str, quote: str, section: str = "", *, found: bool = True) -> Claim:
    return Claim(text=text, quotes=(Quote(text=quote, section=section, found=found),))


def rating(paper_id: str, label: Label, minutes: int = 0) -> FeedbackLabel:
    """A rating given some minutes after noon."""
    return FeedbackLabel(
        event_id=f"rating-{paper_id}-{label}-{minutes}",
        paper_ids=(paper_id,),
        label=label,
        source="reader",
        occurred_at=NOON + timedelta(minutes=minutes),
    )


def seed(root: Path) -> DataFolder:
    """Write everything: today four picks of which one is not summarised yet, yesterday two, one old rating."""
    data = DataFolder(root, min_free_mb=0)
    MetadataStore(data).put(paper(paper_id) for paper_id in _PAPERS)
    _seed_selections(data)
    summaries = SummaryStore(data)
    for paper_id in (GRAPHS, TIDES, HOSTILE, OLD):
        notes = ("No document could be had; this is drawn from the abstract alone.",) if paper_id == TIDES else ()
        summaries.put(summary(paper_id, notes=notes))
    LinkStore(data).put(
        GRAPHS,
        [
            Link(paper_id=GRAPHS, other_id=FAR, type="cites", score=1.0, evidence="In its bibliography."),
            Link(paper_id=GRAPHS, other_id=PROTEINS, type="similar", score=0.7, evidence="Both count walks."),
        ],
    )
    ResultStore(data).put(paper_results(GRAPHS, result()))
    record = DocumentRecord(
        paper_id=GRAPHS, version=1, status="converted", route="latex", grade="good", words=5120, made_at=NOON
    )
    DocumentStore(data).put(record, "# 1 Introduction\n", [Section(title="1 Introduction", level=1, text="")])
    RatingStore(data).append(ratings_of(rating(FAR, "like", minutes=-60)))
    RunStore(data).put(
        HarvestRun(
            run_id=f"run-{TODAY}",
            started_at=NOON,
            finished_at=NOON,
            state="done",
            day=TODAY,
            new_ids=(GRAPHS, TIDES, PROTEINS, HOSTILE, UNREAD),
            outcome="5 new papers of 2026-11-06.",
        )
    )
    return data


def _seed_selections(data: DataFolder) -> None:
    passed = pick(PROTEINS, 4).model_copy(update={"outcome": "below_quota", "slot": ""})
    today = [
        matched(pick(GRAPHS, 1, "top", TODAY, f"like “{_PAPERS[FAR][0]}”, which you liked on 6 November"), "strong"),
        matched(pick(TIDES, 2, "top", TODAY, "no close match; best of the rest"), "weak"),
        matched(pick(UNREAD, 3), "fair"),
        passed,
        pick(HOSTILE, 5, "explore", TODAY, "to learn what you think of <i>cs.CR</i>"),
    ]
    store = SelectionStore(data)
    store.write(TODAY, f"run-{TODAY}", today)
    store.write(
        YESTERDAY, f"run-{YESTERDAY}", [pick(FAR, 1, "top", YESTERDAY), pick(OLD, None, "requested", YESTERDAY)]
    )
