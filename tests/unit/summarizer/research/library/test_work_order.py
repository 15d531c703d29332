"""Which paper is next."""

from datetime import UTC, datetime, timedelta

from services.summarizer.research.library.work_order import next_papers
from shared.contracts import ListedPaper

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


def listed(paper_id: str, user: str = "me", minutes: int = 0, **facts: object) -> ListedPaper:
    at = NOON + timedelta(minutes=minutes)
    return ListedPaper.model_validate({"paper_id": paper_id, "user": user, "added_at": at, "changed_at": at, **facts})


def ids(papers: list[ListedPaper]) -> list[str]:
    return [paper.paper_id for paper in papers]


def test_users_take_turns_and_saved_papers_come_last() -> None:
    papers = [
        listed("2611.00001"), listed("2611.00002", minutes=1), listed("2611.00003", minutes=2),
        listed("2611.00004", user="ada", minutes=9), listed("2611.00005", user="ada", origin="saved"),
    ]  # fmt: skip
    order = ids(next_papers(papers, (), {}, NOON, 9))
    assert order == ["2611.00001", "2611.00004", "2611.00002", "2611.00003", "2611.00005"]


def test_what_a_kill_interrupted_is_begun_again_and_what_is_ready_or_removed_is_not() -> None:
    papers = [
        listed("2611.00001", state="embedding"), listed("2611.00002", state="ready"),
        listed("2611.00003", state="failed"), listed("2611.00004", is_removed=True),
    ]  # fmt: skip
    assert ids(next_papers(papers, (), {}, NOON, 9)) == ["2611.00001"]


def test_places_waits_and_papers_under_way_are_kept() -> None:
    papers = [listed(f"2611.0000{number}", minutes=number) for number in range(1, 6)]
    under_way, waits = [("ada", "2611.00001")], {("me", "2611.00002"): NOON + timedelta(hours=1)}
    assert ids(next_papers(papers, under_way, waits, NOON, 3)) == ["2611.00003", "2611.00004"]
    assert ids(next_papers(papers, (), waits, NOON + timedelta(hours=1), 2)) == ["2611.00001", "2611.00002"]


def test_a_paper_of_two_lists_is_worked_on_once_at_a_time() -> None:
    papers = [listed("2611.00001"), listed("2611.00001", user="ada")]
    assert len(next_papers(papers, (), {}, NOON, 3)) == 1
