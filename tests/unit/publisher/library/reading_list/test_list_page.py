"""What the page says of a list and of each paper."""

from datetime import UTC, datetime

from services.publisher.library.reading_list.list_page import build_list, listed_title, state_words
from shared.contracts import ListedPaper

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


def listed(paper_id: str = "2403.00001", **facts: object) -> ListedPaper:
    return ListedPaper.model_validate({"paper_id": paper_id, "added_at": NOON, "changed_at": NOON, **facts})


def test_the_list_is_summed_up() -> None:
    papers = [listed(state="ready"), listed("2403.00002"), listed("2403.00003", state="failed")]
    page = build_list(papers, None)
    assert (page.summary, page.is_moving, page.address) == ("3 papers, 1 on the way, 1 failed", True, "/reading-list")
    assert [paper.paper_id[-1] for paper in page.slice.items] == ["3", "2", "1"]
    assert build_list([listed(state="ready")], 7).summary == "1 paper"


def test_a_paper_that_is_updated_says_what_is_asked_meanwhile() -> None:
    assert state_words(listed(state="ready", version=1)) == ""
    assert state_words(listed(state="fetching")) == "Being fetched"
    assert state_words(listed(state="fetching", version=1)) == "Being fetched again; asked as v1 meanwhile"


def test_a_paper_without_a_title_has_a_name() -> None:
    assert listed_title(listed()) == "arXiv:2403.00001"
    assert listed_title(listed("local:0123456789abcdef", file_name="mine.pdf")) == "mine.pdf"
    assert listed_title(listed("local:0123456789abcdef")) == "own file"
