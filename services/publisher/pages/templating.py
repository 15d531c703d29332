"""The templates of the reader: always escaping, with filters for text of papers."""

import hashlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.publisher.outlets.exports.bibtex import bibtex_of
from services.publisher.pages.cards import checked, field_label, money, short_authors, source_label
from services.publisher.paper.revisions.marked_changes import after_marked, before_marked
from services.publisher.reading.citations.standings import coloured
from services.publisher.reading.fulltext.markdown.inline import inline_html
from services.publisher.records.tag_slugs import tag_slug
from services.publisher.rendering.dates import clock, long_date
from services.publisher.rendering.id_links import linked_html
from services.publisher.rendering.note_html import note_html
from services.publisher.rendering.safe_html import claim_html, feed_math, first_words, marked_html, tex_html
from shared.categories import name_of
from shared.paper_ids import folder_name, is_arxiv
from shared.paper_labels import page_address, paper_label, pdf_address, server_label
from shared.settings.settings import DemoSettings
from shared.text.wording.revisions import counted, numbers_line, section_line

FOLDER = Path(__file__).parents[1]
STATIC = FOLDER / "static"


def page_environment(*, is_demo: bool, arxiv: str) -> Environment:
    """Templates of pages; `arxiv` is where a paper's original is found."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "tex": tex_html,
        "claim": claim_html,
        "marked": marked_html,
        "first_words": first_words,
        "slug": lambda name: quote(tag_slug(name)),
        "authors": short_authors,
        "field_label": field_label,
        "checked": checked,
        "money": money,
        "source_label": source_label,
        "clock": clock,
        "long_date": long_date,
        "paper_path": paper_path,
        "text_path": text_path,
        "differing": lambda marked: inline_html(marked.text, marked=(marked.start, marked.end)),
        "category_name": name_of,
        "linked": linked_html,
        "card_anchor": card_anchor,
        "feed_math": feed_math,
        "note": note_html,
        "section_line": section_line,
        "numbers_line": numbers_line,
        "change_counts": lambda changes: counted(Counter(change.kinds[0] for change in changes)),
        "before_marked": before_marked,
        "after_marked": after_marked,
        "cited": coloured,
        "paper_label": paper_label,
        "server_label": server_label,
        **address_filters(arxiv),
        "bibtex": lambda paper: bibtex_of([paper], arxiv),
    }
    environment.globals |= {
        "is_demo": is_demo,
        "demo_days": lambda: None,
        "keeps_signals": True,
        "arxiv": arxiv,
        "is_arxiv": is_arxiv,
        "asset": asset_paths().__getitem__,
    }
    return environment


def address_filters(arxiv: str) -> dict[str, Callable[..., str]]:
    """Addresses of originals, as templates ask for them: `paper_id | page_address(version, source)`."""

    def page(paper_id: str, version: int | None = None, source: str = "") -> str:
        return page_address(paper_id, arxiv, version, source)

    def pdf(paper_id: str, version: int | None = None, source: str = "") -> str:
        return pdf_address(paper_id, arxiv, version, source)

    return {"page_address": page, "pdf_address": pdf}


def arxiv_address(demo: DemoSettings) -> str:
    """Where papers' originals are. Demo papers are not at arXiv, where their ids may belong to others."""
    return f"http://127.0.0.1:{demo.port}" if demo.enabled else "https://arxiv.org"


def asset_paths() -> dict[str, str]:
    """The address of each static file, with its content's hash, so that browsers may keep it for ever."""
    files = [path for path in STATIC.rglob("*") if path.suffix in (".css", ".js", ".svg", ".png", ".webmanifest")]
    return {
        str(path.relative_to(STATIC)): (
            f"/static/{path.relative_to(STATIC)}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
        )
        for path in files
    }


def paper_path(paper_id: str) -> str:
    return f"/paper/{quote(paper_id)}"


def text_path(
    paper_id: str,
    start: int | None = None,
    end: int | None = None,
    version: int | None = None,
    claim: str = "",
    part: int | None = None,
) -> str:
    """The page of a paper's text; it opens at the passage, or at the sentence of a claim, where one is given."""
    facts = {"start": start, "end": end, "version": version, "claim": claim or None, "part": part}
    known = urlencode({name: value for name, value in facts.items() if value is not None})
    anchor = "#quote" if start is not None or claim else ""
    return f"{paper_path(paper_id)}/text{'?' if known else ''}{known}{anchor}"


def card_anchor(paper_id: str) -> str:
    """The id of a paper's card in a page."""
    return f"p-{folder_name(paper_id)}"
