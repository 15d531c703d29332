"""The forms in which ratings are exported; each is read back by an import with the same ratings and times.

CSV and JSON hold every fact; BibTeX, RIS and Zotero CSV carry paper, rating and time in a note that these programs
keep; a list of ids has papers and ratings alone.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.publisher.outlets.exports.bibtex import bibtex_of
from services.publisher.outlets.exports.names import name_of
from services.publisher.outlets.exports.remarks import Remark
from services.publisher.outlets.exports.ris import ris_of
from services.publisher.outlets.exports.tables import safe_cell
from shared.contracts import now
from shared.paper_ids import is_arxiv
from shared.paper_labels import own_doi, page_address, paper_label, server_label, written_id
from shared.store.papers.metadata import Paper
from shared.store.people.preferences import Rating
from shared.text.rating_files.rating_words import mark_of
from shared.text.tex.words import in_words

_KEYWORDS = {"like": "liked", "dislike": "disliked", "clear": "rating removed"}
_COLUMNS = ("id", "preference", "rated_at", "title", "user", "source", "actor", "weight", "event_id")
_ZOTERO = (
    "Key", "Item Type", "Publication Year", "Author", "Title", "DOI", "Url", "Abstract Note", "Date", "Date Added",
    "Archive", "Archive Location", "Library Catalog", "Extra", "Manual Tags",
)  # fmt: skip


@dataclass(frozen=True)
class RatedPapers:
    """Ratings, and the metadata of those papers that have any; `arxiv` is where their pages are."""

    ratings: Sequence[Rating]
    papers: Mapping[str, Paper]
    arxiv: str = "https://arxiv.org"

    def paper(self, rating: Rating) -> Paper:
        """The paper; what was never harvested has its id for a title."""
        found = self.papers.get(rating.paper_id)
        return found or Paper(rating.paper_id, 1, paper_label(rating.paper_id), "", (), (), "", None, None)

    @property
    def remarks(self) -> dict[str, Remark]:
        return {
            rating.paper_id: Remark(_KEYWORDS[rating.label], mark_of(rating.label, rating.occurred_at))
            for rating in self.ratings
        }


@dataclass(frozen=True)
class RatingFormat:
    """A form under the name that people know it by; `ending` of its files; whether it can hold removed ratings."""

    label: str
    ending: str
    media_type: str
    write: Callable[[RatedPapers], str]
    holds_history: bool = False


def _csv(rated: RatedPapers) -> str:
    """Ids are written `arXiv:2410.12850`: a spreadsheet would take the bare number for 2410.1285."""
    rows = (
        (
            written_id(rating.paper_id),
            rating.label,
            rating.occurred_at.isoformat(),
            _title(rated, rating),
            rating.user,
            rating.source,
            rating.actor,
            str(rating.weight),
            rating.event_id,
        )
        for rating in rated.ratings
    )
    return _table(_COLUMNS, rows)


def _json(rated: RatedPapers) -> str:
    ratings = [
        {
            "id": rating.paper_id,
            "preference": rating.label,
            "rated_at": rating.occurred_at.isoformat(),
            "title": _title(rated, rating),
            "user": rating.user,
            "source": rating.source,
            "actor": rating.actor,
            "weight": rating.weight,
            "event_id": rating.event_id,
        }
        for rating in rated.ratings
    ]
    return json.dumps({"exported_at": now().isoformat(), "ratings": ratings}, ensure_ascii=False, indent=1) + "\n"


def _title(rated: RatedPapers, rating: Rating) -> str:
    return in_words(rated.papers[rating.paper_id].title) if rating.paper_id in rated.papers else ""


def _bibtex(rated: RatedPapers) -> str:
    return bibtex_of(map(rated.paper, rated.ratings), rated.arxiv, rated.remarks)


def _ris(rated: RatedPapers) -> str:
    return ris_of(map(rated.paper, rated.ratings), rated.arxiv, rated.remarks)


def _zotero(rated: RatedPapers) -> str:
    return _table(_ZOTERO, (_zotero_row(rating, rated.paper(rating), rated.arxiv) for rating in rated.ratings))


def _zotero_row(rating: Rating, paper: Paper, arxiv: str) -> tuple[str, ...]:
    category = f" [{paper.primary_category}]" if paper.primary_category else ""
    return (
        "",
        "preprint",
        f"{paper.published_at.year}" if paper.published_at else "",
        "; ".join(", ".join(filter(None, (name.family, name.given))) for name in map(name_of, paper.authors)),
        in_words(paper.title),
        own_doi(paper.paper_id),
        page_address(paper.paper_id, arxiv, source=paper.source),
        in_words(paper.abstract),
        f"{paper.published_at:%Y-%m-%d}" if paper.published_at else "",
        _seconds(rating.occurred_at),
        server_label(paper.paper_id),
        written_id(paper.paper_id),
        "arXiv.org" if is_arxiv(paper.paper_id) else server_label(paper.paper_id),
        f"{written_id(paper.paper_id)}{category}\n{mark_of(rating.label, rating.occurred_at)}",
        _KEYWORDS[rating.label],
    )


def _ids(rated: RatedPapers) -> str:
    """A list for each rating under its name, the papers that were rated first at the top."""
    labels = [label for label in ("like", "dislike") if any(rating.label == label for rating in rated.ratings)]
    lists = (
        "\n".join([f"# {label}", *(rating.paper_id for rating in rated.ratings if rating.label == label)])
        for label in labels
    )
    return "\n\n".join(lists) + "\n"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """CSV with a byte order mark, without which Excel garbles names; no cell is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
    return "\ufeff" + out.getvalue()


def _seconds(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


FORMATS: Mapping[str, RatingFormat] = {
    "csv": RatingFormat("CSV", "csv", "text/csv; charset=utf-8", _csv, holds_history=True),
    "json": RatingFormat("JSON", "json", "application/json", _json, holds_history=True),
    "bib": RatingFormat("BibTeX", "bib", "application/x-bibtex; charset=utf-8", _bibtex),
    "ris": RatingFormat("RIS", "ris", "application/x-research-info-systems; charset=utf-8", _ris),
    "zotero-csv": RatingFormat("Zotero CSV", "csv", "text/csv; charset=utf-8", _zotero),
    "ids": RatingFormat("list of ids", "txt", "text/plain; charset=utf-8", _ids),
}
"""By the name that the command line and addresses use."""
