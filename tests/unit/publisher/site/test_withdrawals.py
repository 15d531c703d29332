"""A withdrawn paper's page says so, and so do the pages that lead to it; by itself, soon after arXiv said so."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.publisher.records.records import Records
from services.publisher.site.markdown_files import Site
from services.publisher.site.withdrawals import WithdrawnPages
from shared.store.papers.links import Link, LinkStore
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.revisions import RevisionStore
from tests.support.folders.seed import GRAPHS, NOON, TIDES, seed
from tests.support.papers.revisions import revision

NOTICE = "**Its authors withdrew this paper.**"


class Shelf:
    """The seeded folder with its site."""

    def __init__(self, folder: Path) -> None:
        self.data = seed(folder)
        records = Records(self.data, "minilm")
        self.site = Site(self.data, records, "https://arxiv.org")
        self.pages = WithdrawnPages(self.data, records, self.site)

    def text(self, name: str) -> str:
        return self.data.path("site", "content", f"{name}.md").read_text("utf-8")

    def set_withdrawn(self, withdrawn: bool, version: int) -> None:
        store = MetadataStore(self.data)
        paper = store.get([GRAPHS])[GRAPHS]
        facts = {"withdrawn": withdrawn, "comment": "Lemma 3 is <b>wrong</b>" if withdrawn else ""}
        store.put([replace(paper, version=version, **facts)])  # type: ignore[arg-type]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    shelf = Shelf(tmp_path)
    link = Link(paper_id=TIDES, other_id=GRAPHS, type="extends", evidence="It extends them.")
    LinkStore(shelf.data).put(TIDES, [link])
    shelf.site.publish([GRAPHS, TIDES])
    return shelf


def test_a_paper_that_is_withdrawn_is_marked_everywhere_and_unmarked_again(shelf: Shelf) -> None:
    assert shelf.pages.look() == []
    before = shelf.text(f"papers/{GRAPHS}")
    shelf.set_withdrawn(True, 5)
    assert shelf.pages.look() == [GRAPHS]
    page = shelf.text(f"papers/{GRAPHS}")
    assert "withdrawn: true" in page
    assert 'description: "Withdrawn by its authors."' in page
    assert page.index("Extracted from the paper") < page.index(NOTICE) < page.index("## ")
    assert "<b>" not in page
    assert "(withdrawn by its authors)" in shelf.text(f"papers/{TIDES}")
    assert "This paper rests on a paper that was withdrawn:" in shelf.text(f"papers/{TIDES}")
    day = next(shelf.data.path("site", "content", "days").glob("*.md")).read_text("utf-8")
    assert "Its authors withdrew this paper; its summary is not shown here." in day
    assert shelf.pages.look() == []
    shelf.set_withdrawn(False, 6)
    assert shelf.pages.look() == [GRAPHS]
    assert NOTICE not in shelf.text(f"papers/{GRAPHS}")
    assert before.count("\n") == shelf.text(f"papers/{GRAPHS}").count("\n")


def test_a_withdrawal_that_only_the_file_tells_counts(shelf: Shelf) -> None:
    RevisionStore(shelf.data).put(revision(GRAPHS, withdrawn_at=NOON))
    assert shelf.pages.look() == [GRAPHS]
    assert NOTICE in shelf.text(f"papers/{GRAPHS}")


def test_a_page_that_a_person_edited_stays(shelf: Shelf) -> None:
    path = shelf.data.path("site", "content", "papers", f"{GRAPHS}.md")
    path.write_text(path.read_text("utf-8") + "\nMy own words.\n")
    shelf.set_withdrawn(True, 5)
    shelf.pages.look()
    assert "My own words." in path.read_text("utf-8")


def test_papers_without_a_page_are_nobodys_business(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.set_withdrawn(True, 5)
    assert shelf.pages.look() == []
