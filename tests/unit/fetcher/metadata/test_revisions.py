from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.fetcher.metadata.revisions import sort_papers
from shared.store.papers.metadata import Paper

DAY = datetime(2026, 11, 4, tzinfo=UTC)
PAPER = Paper("2611.00001", 1, "Title", "Abstract", ("A",), ("cs.CL",), "cs.CL", DAY, DAY, version_at=DAY)


def test_an_unknown_paper_is_new() -> None:
    assert sort_papers([PAPER], {}).new == ("2611.00001",)


def test_the_same_paper_again_is_known_and_unchanged() -> None:
    kinds = sort_papers([PAPER], {PAPER.paper_id: PAPER})
    assert (kinds.new, kinds.revised, kinds.known) == ((), (), ("2611.00001",))
    assert kinds.papers == ()


def test_a_rewritten_abstract_that_was_submitted_is_a_revision_and_a_later_version() -> None:
    later = replace(PAPER, abstract="Better", version_at=DAY + timedelta(days=2), updated_at=DAY + timedelta(days=3))
    kinds = sort_papers([later], {PAPER.paper_id: PAPER})
    assert kinds.revised == ("2611.00001",)
    assert kinds.papers[0].version == 2


def test_a_text_that_arxiv_corrected_without_a_submission_is_a_revision_but_no_version() -> None:
    corrected = replace(PAPER, abstract="Corrected", updated_at=DAY + timedelta(days=3))
    kinds = sort_papers([corrected], {PAPER.paper_id: PAPER})
    assert (kinds.revised, kinds.papers[0].version) == (("2611.00001",), 1)
    assert kinds.papers[0].abstract == "Corrected"


def test_a_text_that_is_only_written_otherwise_is_stored_and_no_revision() -> None:
    raw = replace(PAPER, title=r"Schr\"odinger's  $\alpha$", source="import")
    told = replace(PAPER, title="Schrödinger's $α$", updated_at=DAY + timedelta(days=900))
    kinds = sort_papers([told], {PAPER.paper_id: raw})
    assert (kinds.revised, kinds.known, kinds.papers[0].version) == ((), ("2611.00001",), 1)
    assert kinds.papers[0].title == "Schrödinger's $α$"


def test_a_new_version_with_the_same_text_is_a_revision() -> None:
    later = replace(PAPER, version_at=DAY + timedelta(days=9), updated_at=DAY + timedelta(days=9))
    kinds = sort_papers([later], {PAPER.paper_id: PAPER})
    assert (kinds.revised, kinds.papers[0].version) == (("2611.00001",), 2)


def test_what_is_known_of_a_history_stays_known_until_a_later_submission() -> None:
    known = replace(PAPER, version=5, version_known=True, published_known=True, source="import")
    again = replace(PAPER, published_at=DAY + timedelta(days=1), comment="More", updated_at=DAY + timedelta(days=2))
    (paper,) = sort_papers([again], {PAPER.paper_id: known}).papers
    assert (paper.version, paper.version_known, paper.published_at, paper.published_known) == (5, True, DAY, True)
    later = replace(again, version_at=DAY + timedelta(days=2))
    (paper,) = sort_papers([later], {PAPER.paper_id: known}).papers
    assert (paper.version, paper.version_known, paper.published_at) == (6, False, DAY)


def test_a_journal_reference_is_neither_news_nor_a_version() -> None:
    later = replace(PAPER, journal_ref="Nature", updated_at=DAY + timedelta(days=3))
    kinds = sort_papers([later], {PAPER.paper_id: PAPER})
    assert (kinds.known, kinds.papers[0].version) == (("2611.00001",), 1)


def test_a_submission_after_the_last_change_is_a_later_version() -> None:
    before = replace(PAPER, version_at=None)  # as it was stored before this day was kept
    day = DAY + timedelta(days=5)
    later = replace(PAPER, published_at=day, version_at=day, updated_at=DAY + timedelta(days=6))
    (paper,) = sort_papers([later], {PAPER.paper_id: before}).papers
    assert (paper.version, paper.published_at) == (2, DAY)


def test_an_older_word_never_replaces_a_newer_one() -> None:
    older = replace(PAPER, title="Old title", updated_at=DAY - timedelta(days=9))
    kinds = sort_papers([older], {PAPER.paper_id: PAPER})
    assert (kinds.papers, kinds.known) == ((), ("2611.00001",))
