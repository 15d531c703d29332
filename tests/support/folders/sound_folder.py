"""A small data folder in which nothing is wrong: two users, three papers, something of every dataset."""

import atexit
import contextlib
import functools
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from deploy.verifying.known_papers import KnownPapers
from deploy.verifying.premises import Premises
from shared.command_line.context import CommandContext, S, TextEncoder, command_context
from shared.contracts import ListedPaper
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore
from shared.store.models.ledger import Call, Ledger
from shared.store.papers.documents import DocumentRecord, DocumentStore, Section
from shared.store.papers.links import Link, LinkStore
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.revisions import Revision, RevisionStore
from shared.store.papers.summaries import Claim, FieldValue, MadeBy, Quote, Summary, SummaryStore, Usage
from shared.store.people.follows import Follow, FollowStore
from shared.store.people.notes import NoteStore
from shared.store.people.preferences import Rating, RatingStore
from shared.store.people.signals import Signal, SignalStore
from shared.store.people.users import UserStore
from shared.store.research.reading_list import ReadingListStore
from shared.store.selections import Candidate, SelectionStore
from shared.store.tagging.tag_decisions import TagDecision
from shared.store.tagging.tags import TagStore
from tests.support.bus.ports import free_port

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)
DAY = date(2026, 11, 6)
RUN = "20261106T110000000000-0a1b2c"
ADAS_RUN = "20261106T110000000000-of-ada"
IDS = ("2611.00101", "2611.00102", "hep-th/9901001")
READ = IDS[:2]
_TEXT = "We count walks. It works.\n"


def sound_folder(root: Path) -> DataFolder:
    """A folder of one's own: a copy of one that was written once, as each durable writing waits for the disk."""
    shutil.copytree(_template(), root, dirs_exist_ok=True)
    return DataFolder(root, min_free_mb=0)


@functools.cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="sound-folder-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _write(DataFolder(folder, min_free_mb=0))
    return folder


def _write(data: DataFolder) -> None:
    MetadataStore(data).put(map(_paper, IDS))
    RunStore(data).put(HarvestRun(run_id=RUN, started_at=NOON, state="done", day=DAY, new_ids=READ))
    UserStore(data, lambda: NOON).add("ada")
    _write_selections(data)
    _write_readings(data)
    _write_words(data)
    decisions = [
        TagDecision(action="create", phrase="Walks", slug="walks", how="seed", made_at=NOON),
        TagDecision(phrase="random walks", slug="walks", how="meaning", paper_id=IDS[0], made_at=NOON),
    ]
    TagStore(data).add(decisions=decisions)


def premises_of(data: DataFolder, *, deep: bool = True) -> Premises:
    """Two days later."""
    return Premises(data, deep, KnownPapers(data), frozenset({"me", "ada"}), NOON.replace(day=8))


def _paper(paper_id: str) -> Paper:
    return Paper(
        paper_id, 1, f"On {paper_id}", "We count walks.", ("A. Author",), ("cs.LG",), "cs.LG", NOON, NOON,
        harvested_at=NOON,
    )  # fmt: skip


def _write_selections(data: DataFolder) -> None:
    for user, run_id in (("me", RUN), ("ada", ADAS_RUN)):
        picks = [
            Candidate(paper_id=paper_id, user=user, day=DAY, run_id=run_id, score=0.9, rank=rank, outcome="picked",
                      slot="top", made_at=NOON)
            for rank, paper_id in enumerate(READ, 1)
        ]  # fmt: skip
        SelectionStore(data, user).write(DAY, run_id, picks)


def _write_readings(data: DataFolder) -> None:
    for paper_id in READ:
        made_by = MadeBy(run_id=RUN, event_id=f"event-{paper_id}", model="small", document_version=1)
        quote = Quote(text="It works.", start=16, end=25)
        fields = (FieldValue(name="result", claims=(Claim(text="It works.", quotes=(quote,)),)),)
        call = Call(
            made_at=NOON,
            service="summarizer",
            purpose="extract",
            model="small",
            input_tokens=10,
            output_tokens=5,
            cost=0.1,
            paper_id=paper_id,
            event_id=made_by.event_id,
            call_id=f"call-{paper_id}",
        )
        Ledger(data).add(call)
        links = [Link(paper_id=paper_id, other_id=IDS[2], type="cites", score=1.0)]
        LinkStore(data).put(paper_id, links)
        RevisionStore(data).put(Revision(paper_id=paper_id, known_version=1, seen_version=1, made_at=NOON))
        SummaryStore(data).put(
            Summary(
                paper_id=paper_id,
                version=1,
                mode="llm",
                fields=fields,
                tags=("walks",),
                usage=Usage(calls=1),
                made_at=NOON,
                made_by=made_by,
            )
        )
        record = DocumentRecord(paper_id=paper_id, version=1, status="converted", route="latex", made_at=NOON)
        DocumentStore(data).put(record, _TEXT, [Section(title="Text", level=1, text=_TEXT)])


def _write_words(data: DataFolder) -> None:
    for user in ("me", "ada"):
        RatingStore(data).append([Rating(f"r-{user}", IDS[0], user, "like", "reader", user, 1.0, NOON)])
        SignalStore(data).append([Signal(f"s-{user}", user, IDS[1], "save", "reader", NOON)])
        FollowStore(data).put(Follow(user=user, kind="author", value="A. Author", at=NOON))
        NoteStore(data).put(user, IDS[0], "Read again.")
        listed = ListedPaper(paper_id=IDS[0], user=user, version=1, state="ready", added_at=NOON, changed_at=NOON)
        ReadingListStore(data).put([listed])


@contextlib.contextmanager
def commands_on(data: DataFolder) -> Iterator[None]:
    """What services lend to commands works on this folder, with default settings otherwise."""

    def settings(settings_class: type[S]) -> S:
        own = {"data": {"path": data.root, "min_free_mb": 0}, "bus": {"port": free_port()}}
        return settings_class.model_validate(own)

    def no_encoder() -> TextEncoder:
        raise NotImplementedError("these commands encode nothing")

    with command_context(CommandContext(settings, no_encoder)):
        yield
