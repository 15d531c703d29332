"""Where copied words come from, in words."""

from services.publisher.pages.cards import short_authors
from services.publisher.reading.fulltext.text_page import TextPage
from shared.contracts import ListedPaper
from shared.paper_labels import paper_label


def source_of(page: TextPage, own: ListedPaper | None) -> str:
    """Where copied words come from: authors, title, id with version, year; of a person's own file its title or name."""
    if own is not None:
        return own.title or own.file_name or "own file"
    names = short_authors(page.paper.authors) if page.paper else ""
    number = paper_label(page.paper_id, page.version)
    dated = f"{page.paper.published_at.year}" if page.paper and page.paper.published_at else ""
    title = f"“{page.title}”" if page.paper and page.paper.title else ""
    return ", ".join(filter(None, (names, title, number, dated)))
