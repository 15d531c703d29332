"""A paper as an item of Zotero: a preprint with tags, and a note under it.

Fields of a preprint: https://api.zotero.org/itemTypeFields?itemType=preprint
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from services.publisher.outlets.exports.entries import Entry
from services.publisher.outlets.exports.names import name_of
from services.publisher.rendering.note_html import note_html
from services.publisher.rendering.safe_html import claim_html, without_controls
from shared.paper_labels import own_doi, page_address, paper_label, server_label, written_id
from shared.text.tex.words import in_words

_MOST_TAGS = 30
_LONGEST_TAG = 200
_LONGEST_ABSTRACT = 20_000
_AUTOMATIC = 1
"""Tags that a program gave; Zotero shows them apart from a person's own."""


@dataclass(frozen=True)
class Content:
    """What is written of a paper: fields of the item, its tags, the note's HTML."""

    paper_id: str
    fields: Mapping[str, Any]
    tags: tuple[str, ...]
    note: str = ""
    hashes: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return str(self.fields["title"])


def content_of(entry: Entry, *, with_own_notes: bool) -> Content:
    """A person's own notes stay out where others read along."""
    paper, address = entry.paper, page_address(entry.paper.paper_id, entry.arxiv, source=entry.paper.source)
    category = f" [{paper.primary_category}]" if paper.primary_category else ""
    fields = {
        "title": _line(in_words(paper.title)) or paper_label(paper.paper_id),
        "creators": [_creator(author) for author in paper.authors],
        "abstractNote": without_controls(in_words(paper.abstract))[:_LONGEST_ABSTRACT],
        "date": f"{paper.published_at:%Y-%m-%d}" if paper.published_at else "",
        "repository": server_label(paper.paper_id),
        "archiveID": written_id(paper.paper_id),
        "DOI": own_doi(paper.paper_id),
        "url": address,
        "libraryCatalog": "papersys",
        "extra": f"{written_id(paper.paper_id)}{category}",
    }
    tags = tuple(dict.fromkeys(cut for tag in entry.tags if (cut := _line(tag)[:_LONGEST_TAG].strip())))[:_MOST_TAGS]
    note = _note(entry, with_own_notes=with_own_notes)
    hashes = {name: hash_of(value) for name, value in fields.items()} | {"note": hash_of(note)}
    return Content(paper.paper_id, fields, tags, note, hashes)


def hash_of(value: Any) -> str:
    """Compares values of a field across the two sides."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()[
        :16
    ]


def new_item(content: Content, key: str, collection: str) -> dict[str, Any]:
    """The item to create."""
    return {
        "key": key,
        "version": 0,
        "itemType": "preprint",
        **content.fields,
        "tags": tags_json(content.tags),
        "collections": [collection],
        "relations": {},
    }


def new_note(content: Content, key: str, parent: str) -> dict[str, Any]:
    """The note to create under it."""
    return {
        "key": key,
        "version": 0,
        "itemType": "note",
        "parentItem": parent,
        "note": content.note,
        "tags": [],
        "relations": {},
    }


def tags_json(tags: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"tag": tag, "type": _AUTOMATIC} for tag in tags]


def _note(entry: Entry, *, with_own_notes: bool) -> str:
    """Safe HTML; empty where there is nothing to say."""
    parts = []
    if entry.sentence:
        parts.append(Markup("<h1>Summary</h1><p>{}</p>").format(claim_html(entry.sentence)))
    if entry.note and with_own_notes:
        parts.append(Markup("<h1>My note</h1>{}").format(note_html(entry.note)))
    return str(Markup("").join(parts))


def _creator(author: str) -> dict[str, str]:
    name = name_of(_line(author))
    if not name.given:
        return {"creatorType": "author", "name": name.family}
    family = " ".join(filter(None, (name.family, name.suffix)))
    return {"creatorType": "author", "firstName": name.given, "lastName": family}


def _line(text: str) -> str:
    return " ".join(without_controls(text).split())
