from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.fetcher.catalogue import sort_papers
from shared.store.metadata import Paper

DAY = datetime(2026, 11, 4, tzinfo=UTC)
PAPER = Paper("2611.00001", 1, "Title", "Abstract", ("A",), ("cs.CL",), "cs.CL", DAY, DAY)


def test_an_unknown_paper_is_new() -> None:
    assert sort_papers([PAPER], {}).new == ("2611.00001",)


def test_the_same_paper_again_is_known_and_unchanged() -> None:
    kinds = sort_papers([PAPER], {PAPER.paper_id: PAPER})
    assert (kinds.new, kinds.revised, kinds.known) == ((), (), ("2611.00001",))
    assert kinds.papers == ()


def test_a_rewritten_abstract_is_a_revision_and_a_later_version() -> None:
    later = replace(PAPER, abstract="Better", updated_at=DAY + timedelta(days=3))
    kinds = sort_papers([later], {PAPER.paper_id: PAPER})
    assert kinds.revised == ("2611.00001",)
    assert kinds.papers[0].version == 2


def test_a_journal_reference_is_neither_news_nor_a_version() -> None:
    later = replace(PAPER, journal_ref="Nature", updated_at=DAY + timedelta(days=3))
    kinds = sort_papers([later], {PAPER.paper_id: PAPER})
    assert (kinds.known, kinds.papers[0].version) == (("2611.00001",), 1)


def test_a_submission_after_the_last_change_is_a_later_version() -> None:
    later = replace(PAPER, published_at=DAY + timedelta(days=5), updated_at=DAY + timedelta(days=6))
    (paper,) = sort_papers([later], {PAPER.paper_id: PAPER}).papers
    assert (paper.version, paper.published_at) == (2, DAY)


def test_an_older_word_never_replaces_a_newer_one() -> None:
    older = replace(PAPER, title="Old title", updated_at=DAY - timedelta(days=9))
    kinds = sort_papers([older], {PAPER.paper_id: PAPER})
    assert (kinds.papers, kinds.known) == ((), ("2611.00001",))
