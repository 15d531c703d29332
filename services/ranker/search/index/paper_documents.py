"""What the index has of a paper: its words, its authors' names, categories, day, and a mark of its row of metadata.

Texts are not kept. A month that was indexed in whole has a document too, which says how its file was then.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import tantivy
from numpy.typing import NDArray

from services.ranker.search.query.parsed_query import with_archives
from shared.search.analyzer import ANALYZER, name_keys, text_analyzer, without_accents
from shared.store.papers.metadata import Paper
from shared.text.references.publication import publication_of

Numbers = NDArray[np.int64]

MONTH = "month"
PUBLISHED, ACCEPTED = "is:published", "is:accepted"
_RECIPE = b"3"
"""Of how a paper becomes a document: with another one, every paper is indexed again."""
_LONGEST_ID_BYTES = 32
_SEQUENCE_BITS = 20
"""The day of submission stands above so many bits of the number in the id: of one day, later papers come first."""
_TITLE_TIMES, _AUTHORS_TIMES = 3, 2
"""BM25 over weighted fields as one text: Robertson, Zaragoza and Taylor, CIKM 2004."""
_FIRST_MIX, _SECOND_MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)


@dataclass(frozen=True)
class Entry:
    """A paper as it is indexed; `mark` changes whenever its row of metadata does."""

    paper: Paper
    month: str
    mark: int


@cache
def schema() -> tantivy.Schema:
    """`text` is what words are scored by; `kind` says what is no paper; `submitted` only papers have."""
    builder = tantivy.SchemaBuilder()
    for column in ("title", "abstract", "authors"):
        builder.add_text_field(column, tokenizer_name=ANALYZER)
    builder.add_text_field("text", tokenizer_name=ANALYZER, index_option="freq")
    for key in ("names", "categories", "month", "kind", "indexed_month"):
        builder.add_text_field(key, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("paper_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("number", fast=True, indexed=True)
    builder.add_integer_field("submitted", fast=True)
    builder.add_integer_field("mark", fast=True)
    builder.add_text_field("stamp", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def open_index(folder: str | None = None) -> tantivy.Index:
    """The index in a folder, made where there is none; without one an index in memory. Raises ValueError."""
    index = tantivy.Index(schema(), folder)
    index.config_reader("manual")
    index.register_tokenizer(ANALYZER, text_analyzer())
    return index


def document_of(entry: Entry, number: int) -> tantivy.Document:
    """A paper's document; `number` stands for its id."""
    paper = entry.paper
    texts = (paper.title, paper.abstract, "; ".join(paper.authors))
    title, abstract, authors = map(without_accents, texts)
    return tantivy.Document(
        paper_id=paper.paper_id,
        number=number,
        title=title,
        abstract=abstract,
        authors=authors,
        text=[title] * _TITLE_TIMES + [abstract] + [authors] * _AUTHORS_TIMES,
        names=[key for author in paper.authors for key in name_keys(author)],
        categories=[*with_archives(paper.categories), *publication_marks(paper)],
        month=entry.month,
        submitted=_submitted(paper),
        mark=entry.mark,
    )


def month_document(month: str, stamp: str) -> tantivy.Document:
    """A month that is indexed as its file was at `stamp`."""
    return tantivy.Document(kind=MONTH, indexed_month=month, stamp=f"{month} {by_recipe(stamp)}")


def by_recipe(stamp: str) -> str:
    """The stamp of a month that was indexed as papers are now: another way of indexing them makes all months stale."""
    return f"{stamp} {_RECIPE.decode()}"


def first_submitted(day: date) -> int:
    """The least `submitted` of a day. Papers whose day is not known lie before all days."""
    return day.toordinal() << _SEQUENCE_BITS


def day_of(submitted: int) -> date | None:
    """The day in a `submitted`; None where it is not known."""
    ordinal = submitted >> _SEQUENCE_BITS
    return date.fromordinal(ordinal) if ordinal else None


def numbers_of(paper_ids: Sequence[str]) -> Numbers:
    """Numbers of 63 bits for papers, by which arrays can be compared: a hash, of which two papers do not share one.

    Among a million papers two would with a probability of 5e-8.
    """
    letters = np.array(paper_ids, dtype=f"S{_LONGEST_ID_BYTES}").view(np.uint64).reshape(-1, _LONGEST_ID_BYTES // 8)
    numbers = np.zeros(len(paper_ids), np.uint64)
    for column in letters.T:
        numbers = (numbers ^ column) * _FIRST_MIX
        numbers ^= numbers >> _SECOND_MIX
    return (numbers >> np.uint64(1)).astype(np.int64)


def mark_of(row: bytes) -> int:
    """A number of 63 bits for a row of metadata."""
    return int.from_bytes(hashlib.blake2b(row, digest_size=8, person=_RECIPE).digest(), "big") >> 1


def publication_marks(paper: Paper) -> tuple[str, ...]:
    """What stands among the categories of a paper that was published or accepted; no category begins like that."""
    kind = publication_of(paper).kind
    return (PUBLISHED, ACCEPTED) if kind == "published" else (ACCEPTED,) if kind else ()


def _submitted(paper: Paper) -> int:
    day = first_submitted(paper.published_at.date()) if paper.published_at else 0
    digits = "".join(char for char in paper.paper_id.rpartition("/")[2].rpartition(".")[2] if char.isdigit())
    return day | int(digits or 0) % (1 << _SEQUENCE_BITS)
