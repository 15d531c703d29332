"""Data folders to make bundles of, and bundles that are spoilt."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from deploy.bundles.archive.package import DESCRIPTOR, Package
from deploy.bundles.archive.reading import open_bundle
from deploy.bundles.datasets.dataset import Source
from deploy.bundles.exporting import export_bundle
from deploy.bundles.importing import merge_bundle, target_of
from deploy.bundles.tally import Tally
from shared.contracts import Label, ListedPaper
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Call, Ledger
from shared.store.papers.revisions import Revision, RevisionStore
from shared.store.people.facet_preferences import FacetPreferenceStore, StoredFacetPreference
from shared.store.people.follows import Follow, FollowStore
from shared.store.people.glossaries import GlossaryStore
from shared.store.people.missed import MissedStore
from shared.store.people.notes import Note, NoteStore
from shared.store.people.preferences import Rating, RatingStore
from shared.store.people.signals import Signal, SignalStore
from shared.store.people.users import UserStore
from shared.store.research.reading_list import ReadingListStore
from shared.store.selections import SelectionStore
from shared.store.tagging.tags import Tag, TagStore
from shared.store.vectors.writer import VectorWriter
from tests.support.folders.seed import FAR, GRAPHS, NOON, OLD, TIDES, TODAY, pick, seed
from tests.support.papers.answered_questions import TRACE_ID, answered, trace_id_of, write_question
from tests.support.papers.vectors import RECIPE, embedded
from tests.support.people.missed import missed_week

LATER = datetime(2026, 11, 20, 9, tzinfo=UTC)
SECRET = "planted-secret-of-a-test"


def rated(paper_id: str, label: Label, days: float = 0, user: str = "me") -> Rating:
    """A rating given so many days after noon."""
    at = NOON + timedelta(days=days)
    return Rating(f"event-{user}-{paper_id}-{label}-{days}", paper_id, user, label, "reader", "", 1.0, at)


def seed_everything(root: Path) -> DataFolder:
    """Every dataset, with two people, and secrets where secrets lie."""
    data = seed(root)
    VectorWriter(data, "tiny", RECIPE).put(embedded([FAR, GRAPHS, TIDES]))
    VectorWriter(data, "tiny", RECIPE).put(replace(embedded([OLD], seed=3), generated_at=LATER))
    _, token = UserStore(data).add("anna", per_day=4)
    UserStore(data).limit("me", per_day=7)
    RatingStore(data).append([rated(GRAPHS, "like"), rated(TIDES, "dislike", 1), rated(OLD, "like", 1, "anna")])
    RatingStore(data).append([rated(TIDES, "clear", 2)])
    SignalStore(data).append(
        [
            Signal("s-1", "me", GRAPHS, "save", "reader", NOON),
            Signal("s-2", "anna", FAR, "read", "reader", NOON, 41.5),
        ]
    )
    for day, word in enumerate((True, False, True)):
        at = NOON + timedelta(days=day)
        FollowStore(data).put(Follow(user="me", kind="author", value="Mira Oduya", followed=word, at=at))
    NoteStore(data).put("me", GRAPHS, "Rounds: $O(\\log n)$.\n\n- read again")
    NoteStore(data).set_changed_at("me", Note(GRAPHS, "", NOON))
    NoteStore(data).put("anna", OLD, "Anna's note")
    GlossaryStore(data).put("me", "de", "graph = Graph\nwalk = Kantenzug")
    for user in ("me", "anna"):
        listed = ListedPaper(paper_id=OLD, user=user, version=1, state="ready", added_at=NOON, changed_at=NOON)
        ReadingListStore(data).put([listed])
    RevisionStore(data).put(Revision(paper_id=OLD, known_version=1, seen_version=2, made_at=NOON))
    write_question(data, TRACE_ID, answered(), owner=f"{SECRET}:1:2")
    write_question(
        data, trace_id_of(1), answered(trace_id_of(1), user="anna"), user="anna", question="What does Anna ask?"
    )
    write_question(data, trace_id_of(2), question="What is still asked?")
    for user in ("me", "anna"):
        MissedStore(data).put(missed_week(user=user, until=NOON, made_at=NOON))
    facet = StoredFacetPreference(key="k", name="graphs", preference="boost", paper_ids=(GRAPHS,), set_at=NOON)
    FacetPreferenceStore(data).put(facet)
    TagStore(data).add([Tag(slug="graphs", label="Graphs", made_by="user", made_at=NOON)])
    SelectionStore(data, "anna").write(
        TODAY, "run-anna", [pick(OLD, 1).model_copy(update={"user": "anna", "run_id": "run-anna"})]
    )
    for call_id in ("c-1", None):
        Ledger(data).add(
            Call(made_at=NOON, service="summarizer", purpose="extract", model="m", input_tokens=9, output_tokens=1,
                 cost=0.01, call_id=call_id)
        )  # fmt: skip
    data.write_text(data.path("prompts", "extract.md"), "My prompt: {{ mark }} {{ fields }}\n")
    for path in (("state", "reader.token"), ("nats", "password"), ("state", "publisher", "key")):
        data.write_text(data.path(*path), SECRET)
    data.write_text(data.path("state", "token-of-anna"), token)
    return data


def export(data: DataFolder, path: Path, user: str = "", created: datetime = LATER) -> Package:
    return export_bundle(Source(data, user), path, created, min_free_mb=0)


def merge(path: Path, data: DataFolder, user: str | None = None, *, dry_run: bool = False) -> dict[str, Tally]:
    """Merge a bundle, verified, the day after it was made: some stores stamp with the clock of the machine."""
    day_after = max(LATER, datetime.now(UTC)) + timedelta(days=1)
    with open_bundle(path) as bundle:
        bundle.verify()
        target = target_of(bundle.package, data, user, day_after, dry_run=dry_run)
        return {tally.dataset: tally for tally in merge_bundle(bundle, target)}


def contents(path: Path) -> dict[str, bytes]:
    """The files of a bundle, without the descriptor."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != DESCRIPTOR}


def rewritten(
    path: Path,
    target: Path,
    changes: Mapping[str, Callable[[bytes], bytes]],
    describe: Callable[[dict[str, Any]], None] = lambda resource: None,
) -> Path:
    """A bundle with some of its files changed, and a descriptor that agrees with them."""
    files = contents(path)
    with zipfile.ZipFile(path) as archive:
        descriptor = json.loads(archive.read(DESCRIPTOR))
    for name, change in changes.items():
        files[name] = change(files.get(name, b""))
    for resource in descriptor["resources"]:
        content = files[resource["path"]]
        resource |= {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
        describe(resource)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in (*files.items(), (DESCRIPTOR, json.dumps(descriptor).encode())):
            archive.writestr(name, content)
    return target


def copied(data: DataFolder, root: Path) -> DataFolder:
    return DataFolder(Path(shutil.copytree(data.root, root)), min_free_mb=0)
