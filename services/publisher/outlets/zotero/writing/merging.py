"""What of an item may be changed after both sides changed it: three versions of each field are compared. Pure.

What only we changed is written; what the person changed stays; where both changed one field it stays theirs, and is
told. Tags are a set: ours come and go, theirs stay.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.publisher.outlets.zotero.state import WrittenItem
from services.publisher.outlets.zotero.writing.content import Content, hash_of, tags_json

NOTE = "note"


@dataclass(frozen=True)
class Merge:
    """Fields to write, and fields that both sides changed with the hash of what we would have written."""

    patch: dict[str, Any] = field(default_factory=dict)
    conflicts: dict[str, str] = field(default_factory=dict)


def changes_of(content: Content, written: WrittenItem) -> list[str]:
    """The fields, tags and note that differ from what was sent last; conflicts that are told already are none."""
    names = [
        name
        for name, ours in content.hashes.items()
        if ours != written.sent.get(name) and ours != written.conflicts.get(name)
    ]
    return [*names, "tags"] if content.tags != written.tags else names


def merged(content: Content, written: WrittenItem, theirs: Mapping[str, Any] | None) -> Merge:
    """The change of an item (`theirs` None: it is as we left it)."""
    patch: dict[str, Any] = {}
    conflicts: dict[str, str] = {}
    for name in changes_of(content, written):
        if name == "tags":
            patch |= _tags(content, written, theirs)
        elif name != NOTE:
            ours = content.hashes[name]
            there = written.stored.get(name) if theirs is None else hash_of(theirs.get(name, ""))
            if there == ours:
                continue
            if there == written.stored.get(name):
                patch[name] = content.fields[name]
            else:
                conflicts[name] = ours
    return Merge(patch, conflicts)


def note_conflict(content: Content, written: WrittenItem, theirs: Mapping[str, Any]) -> bool:
    """Whether the person changed the note, and not into what we would write."""
    there = hash_of(theirs.get("note", ""))
    return there not in (written.stored.get(NOTE), content.hashes[NOTE])


def _tags(content: Content, written: WrittenItem, theirs: Mapping[str, Any] | None) -> dict[str, Any]:
    if theirs is None:
        return {"tags": tags_json(content.tags)}
    there: list[Any] = [tag for tag in theirs.get("tags") or () if isinstance(tag, dict)]
    dropped = set(written.tags) - set(content.tags)
    added = [tag for tag in content.tags if tag not in written.tags and tag not in _names(there)]
    kept = [tag for tag in there if tag.get("tag") not in dropped or tag.get("type") != 1]
    result = [*kept, *tags_json(tuple(added))]
    return {} if result == there else {"tags": result}


def _names(tags: Iterable[Mapping[str, Any]]) -> set[str]:
    return {str(tag.get("tag")) for tag in tags}
