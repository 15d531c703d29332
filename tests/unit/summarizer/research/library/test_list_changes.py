"""What becomes of a list, as tables: added, updated, removed, saved."""

from datetime import UTC, datetime, timedelta

from services.summarizer.research.library.list_changes import (
    failed,
    ready,
    with_added,
    with_newer_versions,
    with_saved,
    with_updates,
    without,
)
from shared.contracts import ListedPaper

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


def listed(paper_id: str, **facts: object) -> dict[str, ListedPaper]:
    given = {"paper_id": paper_id, "added_at": NOON, "changed_at": NOON, **facts}
    return {paper_id: ListedPaper.model_validate(given)}


def test_adding_again_changes_nothing_unless_it_failed_or_another_version_is_pinned() -> None:
    papers = listed("a/9901001", version=2, state="ready") | listed("2611.00002", state="failed", problem="no text")
    same = with_added(papers, ["a/9901001"], "me", LATER)
    assert same == papers
    again = with_added(papers, ["2611.00002"], "me", LATER)["2611.00002"]
    assert (again.state, again.problem, again.added_at) == ("waiting", "", NOON)
    assert with_added(papers, ["a/9901001"], "me", LATER, {"a/9901001": 2}) == papers
    pinned = with_added(papers, ["a/9901001"], "me", LATER, {"a/9901001": 1})["a/9901001"]
    assert (pinned.state, pinned.wanted_version, pinned.version) == ("waiting", 1, 2)


def test_an_update_keeps_the_version_that_is_asked_until_the_new_one_is_ready() -> None:
    papers = with_updates(listed("2611.00001", version=1, state="ready", chunks=5), ["2611.00001", "2611.99999"], LATER)
    paper = papers["2611.00001"]
    assert (paper.state, paper.version, paper.wanted_version, len(papers)) == ("waiting", 1, None, 1)
    done = ready(paper, 3, {"chunks": 9, "newer_version": None}, LATER)
    assert (done.version, done.earlier_versions, done.chunks, done.state) == (3, (1,), 9, "ready")
    back = ready(done, 1, {}, LATER)
    assert (back.version, back.earlier_versions) == (1, (3,))


def test_what_was_ready_is_still_asked_when_an_update_fails() -> None:
    first, second = listed("2611.00001")["2611.00001"], listed("2611.00001", version=1)["2611.00001"]
    assert failed(first, "no source", LATER).state == "failed"
    assert (failed(second, "no source", LATER).state, failed(second, "no source", LATER).problem) == (
        "ready",
        "no source",
    )


def test_saved_papers_come_and_go_with_their_saving() -> None:
    papers = with_saved(listed("2611.00001"), {"2611.00002": NOON}, "me", LATER)
    assert [paper.origin for paper in papers.values()] == ["added", "saved"]
    assert list(with_saved(papers, {}, "me", LATER)) == ["2611.00001"]
    by_hand = with_added(papers, ["2611.00002"], "me", LATER)
    assert list(with_saved(by_hand, {}, "me", LATER)) == ["2611.00001", "2611.00002"]


def test_a_saved_paper_that_was_taken_off_stays_off_until_it_is_saved_again() -> None:
    saved = {"2611.00002": NOON}
    papers = without(with_saved({}, saved, "me", NOON), ["2611.00002"], saved, LATER)
    assert papers["2611.00002"].is_removed
    assert with_saved(papers, saved, "me", LATER) == papers
    again = with_saved(papers, {"2611.00002": LATER + timedelta(hours=1)}, "me", LATER + timedelta(hours=2))
    assert not again["2611.00002"].is_removed
    assert with_saved(papers, {}, "me", LATER) == {}
    assert not with_added(papers, ["2611.00002"], "me", LATER)["2611.00002"].is_removed


def test_newer_versions_are_noted_and_taken_back() -> None:
    papers = with_newer_versions(listed("2611.00001", version=1), {"2611.00001": 3}, LATER)
    assert papers["2611.00001"].newer_version == 3
    assert with_newer_versions(papers, {"2611.00001": 1}, LATER)["2611.00001"].newer_version is None
    assert with_newer_versions(listed("2611.00001"), {"2611.00001": 3}, LATER) == listed("2611.00001")
