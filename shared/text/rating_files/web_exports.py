"""JSON: exports of papersys, libraries and tags of arXiv-sanity, Scholar Inbox; and saved pages of arXiv-sanity.

arXiv-sanity has no export of its own: its pages carry the papers as `var papers = [...]`, with `in_library` (preserver)
or the user's tags as `utags` (lite); people's backups hold that list as JSON. Scholar Inbox answers with `digest_df` or
with `collections` that hold `papers`, each with an `arxiv_id`, a `rating` (1, 0, -1 or none) and `bookmarked`; its
`paper_id` is a number of its own. Zotero's items come from its web API, which zotero-arxiv-daily asks for its corpus,
from its export as CSL JSON, and from Better BibTeX.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from shared.text.rating_files.databases.zotero import NO_PAPERS
from shared.text.rating_files.fields import LABELS, add_record, plain_name
from shared.text.rating_files.paper_mentions import mention_in
from shared.text.rating_files.rated_rows import RatedRow, Reading, Said
from shared.text.rating_files.rating_words import said_by, scale_of
from shared.text.safe.json_text import parse_json

_IN_PAGE = re.compile(r"\bvar\s+papers\s*=\s*(?=\[)")
_LISTS = ("ratings", "papers", "digest_df", "items", "library", "results")
_LONGEST_LIST_NAME = 200
_SHOWN = 60


class _Record(NamedTuple):
    """An object or a text that stands for a paper; `said` by the list in which it stands."""

    content: Any
    said: Said | None


def is_saved_page(text: str) -> bool:
    return "<" in text[:1_000] and _IN_PAGE.search(text) is not None


def read_page(reading: Reading, text: str) -> None:
    """The papers that a saved page of arXiv-sanity carries. Raises ValueError where they cannot be read."""
    match = _IN_PAGE.search(text)
    if match is None:
        raise ValueError("it carries no list of papers")
    try:
        papers, _ = json.JSONDecoder().raw_decode(text, match.end())
    except (ValueError, RecursionError) as error:
        raise ValueError("its list of papers is broken") from error
    _read(reading, papers)


def read_json(reading: Reading, text: str) -> None:
    """Raises ValueError for what is no JSON."""
    try:
        content = parse_json(text)
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise
        content = [parse_json(line) for line in lines]
    _read(reading, content)


def _read(reading: Reading, content: Any) -> None:
    """JSON has no lines that a person would count: records are numbered instead."""
    records = list(_records(content, None))
    objects = [record.content for record in records if isinstance(record.content, Mapping)]
    words = {str(value) for each in objects for name, value in each.items() if plain_name(name) in LABELS and value}
    top = scale_of(words)
    for number, record in enumerate(records, start=1):
        if isinstance(record.content, Mapping):
            _add_object(reading, number, record.content, record.said, top)
        elif mention := mention_in(str(record.content)):
            reading.add(RatedRow(number, record.said, *mention))
        else:
            reading.problem(number, f"{str(record.content)[:_SHOWN]!r} names no arXiv paper")


def _records(content: Any, said: Said | None) -> Iterator[_Record]:
    """The papers of a list, of an object of lists (a tag each), or of an object of ratings by id."""
    if isinstance(content, list):
        yield from (_Record(item, said) for item in content)
    elif isinstance(content, Mapping):
        yield from _of_object(content)
    else:
        raise ValueError("it is no list and no object")


def _of_object(content: Mapping[str, Any]) -> Iterator[_Record]:
    collections = content.get("collections")
    if isinstance(collections, list):
        for collection in collections:
            if isinstance(collection, Mapping) and isinstance(collection.get("papers"), list):
                yield from (_Record(paper, "like") for paper in collection["papers"])
        return
    known = next((name for name in _LISTS if isinstance(content.get(name), list)), None)
    if known is not None:
        yield from _records(content[known], None)
        return
    for name, value in content.items():
        if isinstance(value, list) and len(name) <= _LONGEST_LIST_NAME:
            tag = said_by(name)
            yield from _records(value, tag if tag in ("like", "dislike", "neutral") else None)
        elif isinstance(value, Mapping) and mention_in(name):
            yield _Record({"id": name, **value}, None)
        elif isinstance(value, str | int | float | None) and mention_in(name):
            yield _Record({"id": name, "label": value}, None)


def _add_object(reading: Reading, number: int, content: Mapping[str, Any], said: Said | None, top: int) -> None:
    if isinstance(item := content.get("data"), Mapping) and "itemType" in item:
        content = item  # Zotero's web API, from which zotero-arxiv-daily takes its corpus
    if content.get("itemType") in NO_PAPERS:
        return
    fields = {plain_name(name): _text(value) for name, value in content.items()}
    if fields.get("inlibrary") == "0" or fields.get("utags") == "":
        return  # a page of arXiv-sanity also shows papers of which its user said nothing
    if "bookmarked" in fields:
        is_kept = (
            said == "like" or fields["bookmarked"] in ("1", "True", "true") or bool(fields.get("userpapercollections"))
        )
        if not fields.get("rating"):
            fields["rating"] = "like" if is_kept else "unknown"
    if "arxivid" in fields:
        fields.pop("paperid", None)
    add_record(reading, number, fields, top=top, said=said)


def _text(value: Any) -> str:
    if isinstance(value, list):
        texts = (item.get("tag", "") if isinstance(item, Mapping) else item for item in value)
        return "\n".join(str(text) for text in texts if isinstance(text, str | int | float))
    return "" if value is None or isinstance(value, Mapping) else str(value)
