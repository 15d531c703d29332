"""The tag index: `tags/decisions.jsonl`, all that was decided, and `tags/index.jsonl`, the tags that it comes to.

The decisions are what counts: they are appended to, never changed, and the index is written anew from them, for people
and other programs to read. `tags/tags.jsonl` of earlier versions is read where it lies; its tags are carried over into
decisions at the first writing. Written by the summarizer and by `papersys tags`, one at a time.
"""

import hashlib
import itertools
import re
import unicodedata
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from pathlib import Path

from shared.store.files.data_folder import DataFolder
from shared.store.files.file_stamps import FileStamp, stamp_of
from shared.store.files.jsonlines import dump_line, parse_lines, read_lines
from shared.store.tagging.tag_decisions import TagDecision, TagProposal
from shared.store.tagging.tag_index import Tag, TagIndex, index_of, is_category
from shared.text.tag_words import has_other_letters, tag_key

__all__ = ["Tag", "TagDecision", "TagIndex", "TagStore", "new_slug", "slug_of"]

_Stamps = tuple[FileStamp | None, FileStamp | None]


class TagStore:
    """The index on disk."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._cache: tuple[_Stamps, TagIndex] | None = None
        self._read: tuple[_Stamps, list[TagDecision]] | None = None

    @property
    def index_path(self) -> Path:
        return self._data.path("tags", "index.jsonl")

    @property
    def decisions_path(self) -> Path:
        return self._data.path("tags", "decisions.jsonl")

    @property
    def old_tags_path(self) -> Path:
        """The tags of earlier versions; never written any more."""
        return self._data.path("tags", "tags.jsonl")

    @property
    def proposals_path(self) -> Path:
        """What the last sweep proposes, one JSON record a line."""
        return self._data.path("tags", "proposals.jsonl")

    def proposals(self) -> list[TagProposal]:
        """What the last sweep proposes."""
        return list(read_lines(self.proposals_path, TagProposal))

    def write_proposals(self, lines: str) -> None:
        """Replace the proposals. Raises TemporaryFailure."""
        with self._data.lock("tags"):
            self._data.write_text(self.proposals_path, lines)

    def index(self) -> TagIndex:
        """The index as it stands; computed again only when a file changed."""
        stamps = self.stamps()
        if self._cache is None or self._cache[0] != stamps:
            self._cache = (stamps, index_of(self.decisions(), read_lines(self.old_tags_path, Tag)))
        return self._cache[1]

    def stamps(self) -> _Stamps:
        """What changes whenever the index may have changed."""
        return stamp_of(self.decisions_path), stamp_of(self.old_tags_path)

    def decisions(self) -> list[TagDecision]:
        """Every decision, oldest first."""
        stamps = self.stamps()
        if self._read is None or self._read[0] != stamps:
            self._read = (stamps, parse_lines(self.decisions_path, TagDecision).records)
        return list(self._read[1])

    def add(self, tags: Iterable[Tag] = (), decisions: Iterable[TagDecision] = ()) -> TagIndex:
        """Add tags that count at once, and decisions; what is decided already changes no byte.

        Raises KeyError for a decision about a tag that does not exist.
        """
        made = [*itertools.chain.from_iterable(map(_decisions_for, tags)), *decisions]
        return self.decide(lambda index: made)

    def decide(self, make: Callable[[TagIndex], Sequence[TagDecision]]) -> TagIndex:
        """As the one writer: make decisions in the light of the index as it is now, and store them.

        Raises what `make` raises, KeyError for a tag that does not exist, and TemporaryFailure.
        """
        with self._data.lock("tags"):
            index = self.index()
            stored = self.decisions()
            made = [*self._carried_over(), *_news(make(index), index, stored)]
            if made:
                _check(made, index)
                self._data.append_lines(self.decisions_path, "".join(map(dump_line, made)))
                self._read = (self.stamps(), [*stored, *made])
            if made or (index.tags and not self.index_path.exists()):
                self._write_index(self.index())
            return self.index()

    def history(self) -> list[TagDecision]:
        """Every decision, those that the tags of an earlier version come to included."""
        return [*self._carried_over(), *self.decisions()]

    def merge(self, decisions: Sequence[TagDecision]) -> int:
        """Take in decisions that were made elsewhere, each at its time; returns how many were not known here."""
        with self._data.lock("tags"):
            stored = self.history()
            merged = merged_decisions(stored, decisions)
            if len(merged) > len(stored):
                self._data.write_text(self.decisions_path, "".join(map(dump_line, merged)))
                self._write_index(self.index())
            return len(merged) - len(stored)

    def replace(self, make: Callable[[list[TagDecision]], Sequence[TagDecision]]) -> None:
        """As the one writer: put what `make` makes of all decisions in their place. Raises TemporaryFailure."""
        with self._data.lock("tags"):
            made = make(self.history())
            self._data.write_text(self.decisions_path, "".join(map(dump_line, made)))
            self._write_index(self.index())

    def write_index_anew(self) -> None:
        """Write the file of the index, which is derived from the decisions. Raises TemporaryFailure."""
        with self._data.lock("tags"):
            self._write_index(self.index())

    def count(self) -> int:
        """How many canonical tags there are."""
        return len(self.index().canonical_tags)

    def _carried_over(self) -> list[TagDecision]:
        """The tags of an earlier version as decisions, until they are."""
        known = {decision.slug for decision in self.decisions() if decision.action in ("create", "propose")}
        old = (tag for tag in read_lines(self.old_tags_path, Tag) if tag.slug not in known and not is_category(tag))
        return [decision for tag in old for decision in _decisions_for(tag)]

    def _write_index(self, index: TagIndex) -> None:
        self._data.write_text(self.index_path, "".join(dump_line(tag) for tag in index.tags.values()))


def merged_decisions(stored: Sequence[TagDecision], others: Sequence[TagDecision]) -> list[TagDecision]:
    """What was decided in two places, oldest first; where nothing is stored, the others in their order."""
    known = set(stored)
    fresh = [decision for decision in dict.fromkeys(others) if decision not in known]
    if not stored or not fresh:
        return [*stored, *fresh]
    return sorted([*stored, *fresh], key=lambda decision: decision.made_at)


def slug_of(label: str) -> str:
    """A label as a name for files and addresses: `Quantum  Error-Correction` is `quantum-error-correction`.

    The signs that tell `C++`, `C#`, `C*` and `C` apart are spelt out. Of letters that cannot be spelt so, as in
    `图神经网络 GNN`, a hash stands in it: `gnn-5f0c3a1e`.
    """
    mark = hashlib.sha256(label.strip().casefold().encode("utf-8", "replace")).hexdigest()[:8]
    is_spelt = not has_other_letters(label)
    label = label.replace("+", " plus ").replace("#", " sharp ").replace("*", " star ")
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().casefold()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return slug if is_spelt else f"{slug}-{mark}".strip("-")


def new_slug(label: str, tags: Mapping[str, Tag], taken: Container[str] = ()) -> str:
    """The slug of a new tag; empty where a tag of the same spelling is there, or nothing can be spelt.

    A tag keeps the slug that it got when these signs were not spelt out yet, so that slug may be another label's.
    """
    slug = slug_of(label)
    if slug not in tags:
        return "" if slug in taken else slug
    if slug_of(tags[slug].label) == slug:
        return ""
    numbered = (f"{slug}-{number}" for number in itertools.count(2))
    return next((name for name in numbered if name not in tags and name not in taken), "")


def _decisions_for(tag: Tag) -> list[TagDecision]:
    paper_id = tag.made_by if tag.made_by not in ("seed", "user") else None
    how = "seed" if tag.made_by == "seed" else "user" if tag.made_by == "user" else "new"
    facts = {"slug": tag.slug, "how": how, "paper_id": paper_id, "made_at": tag.made_at}
    make = TagDecision.model_validate({**facts, "action": "create", "phrase": tag.label})
    maps = [TagDecision.model_validate({**facts, "phrase": alias, "paper_id": None}) for alias in tag.aliases]
    return [make, *maps]


def _news(decisions: Iterable[TagDecision], index: TagIndex, stored: Sequence[TagDecision]) -> list[TagDecision]:
    """Those that say something new: not a tag that is there, nor a map that stands for its paper."""
    wanted = list(decisions)
    moments = {made.made_at for made in wanted}
    known = {decision for decision in stored if decision.made_at in moments}
    return [made for made in dict.fromkeys(wanted) if made not in known and not _stands(made, index)]


def _stands(made: TagDecision, index: TagIndex) -> bool:
    tag = index.tags.get(made.slug)
    if tag is None:
        return False
    if made.action in ("create", "propose"):
        return True
    same = index.slugs.get(tag_key(made.phrase)) == made.slug
    return made.action == "map" and same and (made.paper_id is None or made.paper_id in tag.papers)


def _check(made: Sequence[TagDecision], index: TagIndex) -> None:
    """Raises KeyError with the slug of a tag that does not exist."""
    known = {*index.tags, *(decision.slug for decision in made if decision.action in ("create", "propose"))}
    for decision in made:
        named = {decision.slug} | ({decision.into} if decision.action in ("merge", "parent", "keep_apart") else set())
        for slug in named - {""}:
            if slug not in known:
                raise KeyError(slug)
