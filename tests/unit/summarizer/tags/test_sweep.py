"""The sweep over the index: what it proposes, and that it proposes nothing twice."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from services.summarizer.tags.sweep import Sweeper, propose
from services.summarizer.tags.sweep_schedule import SweepSchedule, is_due
from services.summarizer.vectors import Encoder, Matrix
from shared.contracts import Encode
from shared.store.files.data_folder import DataFolder
from shared.store.tagging.tags import Tag, TagDecision, TagStore, slug_of
from tests.support.bus.in_memory import FakeBus
from tests.support.papers.summarizer import encode as encode_request

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


def all_alike(texts: Sequence[str]) -> Matrix:
    return np.ones((len(texts), 1), dtype=np.float32)


def all_unlike(texts: Sequence[str]) -> Matrix:
    return np.eye(max(len(texts), 50), dtype=np.float32)[: len(texts)]


@pytest.fixture
def store(tmp_path: Path) -> TagStore:
    return TagStore(DataFolder(tmp_path, 0))


def used(store: TagStore, label: str, *papers: str, made_at: datetime = NOW) -> str:
    slug = slug_of(label)
    tag = Tag(slug=slug, label=label, made_by=papers[0], made_at=made_at)
    maps = [TagDecision(phrase=label, slug=slug, how="new", paper_id=one, made_at=made_at) for one in papers]
    store.add([tag], maps)
    return slug


def told(store: TagStore, encode: object = all_alike) -> list[tuple[str, str, str]]:
    proposals = propose(store.index(), store.decisions(), encode, NOW)  # type: ignore[arg-type]
    return [(one.what, one.slug, one.into or one.phrase) for one in proposals]


def test_tags_that_are_one_are_to_be_merged_into_the_one_with_more_papers(store: TagStore) -> None:
    used(store, "recommender engine", "2610.1")
    used(store, "recommender engineering", "2610.1", "2610.2")
    assert told(store) == [("merge", "recommender-engine", "recommender-engineering")]
    assert told(store, all_unlike) == []


def test_what_was_denied_merged_or_undone_is_never_proposed_again(store: TagStore) -> None:
    used(store, "recommender engine", "2610.1")
    used(store, "recommender engineering", "2610.1", "2610.2")
    facts = {"slug": "recommender-engineering", "into": "recommender-engine", "made_at": NOW}
    store.add((), [TagDecision.model_validate({"action": "keep_apart", "how": "user", **facts})])
    assert told(store) == []


def test_a_sweep_is_idempotent_and_carries_out_only_what_is_sure_and_only_if_told_to(store: TagStore) -> None:
    used(store, "recommender engine", "2610.1")
    used(store, "recommender engineering", "2610.1", "2610.2")
    sweeper = Sweeper(store, lambda: NOW)
    first = sweeper.sweep(all_alike)
    lines = store.proposals_path.read_bytes()
    assert (first.applied, len(first.proposals)) == (0, 1)
    sweeper.sweep(all_alike)
    assert store.proposals_path.read_bytes() == lines
    assert sweeper.sweep(all_alike, apply_sure=True).applied == 1
    assert store.index().canonical("recommender engine") == "recommender-engineering"
    assert [made.how for made in store.decisions()][-1] == "sweep"
    assert sweeper.sweep(all_alike, apply_sure=True).proposals == []


def test_a_kind_is_to_be_filed_under_what_it_is_a_kind_of(store: TagStore) -> None:
    used(store, "memory", "2610.1", "2610.2")
    used(store, "associative memory", "2610.1")
    assert told(store, all_unlike) == [("parent", "associative-memory", "memory")]


def test_an_alias_that_means_something_else_is_to_be_split_off(store: TagStore) -> None:
    used(store, "linear solvers", "2610.1")
    wrong = TagDecision(
        phrase="nonlinear solvers", slug="linear-solvers", how="meaning", paper_id="2610.2", made_at=NOW
    )
    store.add((), [wrong])
    assert told(store) == [("split", "linear-solvers", "nonlinear solvers")]


def test_what_fits_any_paper_or_found_no_second_one_in_a_year_is_to_be_retired(store: TagStore) -> None:
    used(store, "experimental results", "2610.1")
    old = TagDecision(action="propose", phrase="zebra caches", slug="zebra-caches", how="new",
                      made_at=NOW - timedelta(days=400))  # fmt: skip
    store.add(
        (), [old, TagDecision(phrase="zebra caches", slug="zebra-caches", how="new", paper_id="2610.1", made_at=NOW)]
    )
    assert set(told(store, all_unlike)) == {("retire", "experimental-results", ""), ("retire", "zebra-caches", "")}


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, "2026-11-20T12:00", True),
        ("2026-11-20T03:31", "2026-11-20T12:00", False),
        ("2026-11-19T03:31", "2026-11-20T03:29", False),
        ("2026-11-19T03:31", "2026-11-20T03:30", True),
        ("2026-11-15T03:31", "2026-11-20T01:00", True),
    ],
)
def test_a_sweep_is_due_once_a_night_and_after_a_missed_one(last: str | None, now: str, due: bool) -> None:
    last_done = datetime.fromisoformat(last).replace(tzinfo=UTC) if last else None
    at = NOW.replace(hour=3, minute=30).time()
    assert is_due(at, last_done, datetime.fromisoformat(now).replace(tzinfo=UTC)) is due


async def test_the_schedule_sweeps_and_notes_it_and_an_embedder_that_is_away_is_tried_again(
    store: TagStore, tmp_path: Path
) -> None:
    used(store, "recommender engine", "2610.1")
    bus = FakeBus()
    at = NOW.replace(hour=3, minute=30).time()
    schedule = SweepSchedule(Sweeper(store, lambda: NOW), Encoder(bus), DataFolder(tmp_path, 0), at, False, lambda: NOW)
    await schedule.sweep()
    assert schedule.last_done() is None
    bus.answers = {Encode: encode_request}
    await schedule.sweep()
    assert schedule.last_done() == NOW
