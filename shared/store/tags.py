"""The tag index: `tags/tags.jsonl`, the canonical tags, and `tags/decisions.jsonl`, which phrase became which tag.

A decision is remembered, so that the same phrase gets the same tag again; the newest one about a phrase wins, nothing
is overwritten. Written by the summarizer.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict

from shared.store.files.data_folder import DataFolder
from shared.store.files.file_stamps import FileStamp, stamp_of
from shared.store.files.jsonlines import Lines, dump_line, parse_lines, read_lines, set_aside


def _by_its_new_name(how: object) -> object:
    """Decisions of earlier versions say `owner` where a user decided."""
    return "user" if how == "owner" else how


How = Annotated[Literal["seed", "spelling", "meaning", "new", "user"], BeforeValidator(_by_its_new_name)]
_KEPT_S = ("ss", "us", "is", "ics", "sis")


class Tag(BaseModel):
    """A canonical tag. `slug` is its name for ever, `label` is what people read, `made_by` a paper id or `seed`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    slug: str
    label: str
    aliases: tuple[str, ...] = ()
    made_by: str = "seed"
    made_at: AwareDatetime


class TagDecision(BaseModel):
    """A phrase was taken to mean a tag: how, how sure (cosine; 1 for spelling), and for which paper first."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    phrase: str
    slug: str
    how: How
    score: float = 1.0
    paper_id: str | None = None
    made_at: AwareDatetime


@dataclass(frozen=True)
class TagIndex:
    """What is known at one moment: tags by slug, and the slug that each phrase stands for, by its key."""

    tags: Mapping[str, Tag]
    slugs: Mapping[str, str]

    def slug_for(self, phrase: str) -> str | None:
        """The tag that a phrase means, by an earlier decision or by its spelling; None where nobody decided."""
        return self.slugs.get(phrase_key(phrase))


class TagStore:
    """The index on disk."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._cache: tuple[tuple[FileStamp | None, ...], TagIndex] | None = None
        self._lines: Lines[Tag] = Lines([], [])

    @property
    def tags_path(self) -> Path:
        return self._data.path("tags", "tags.jsonl")

    @property
    def decisions_path(self) -> Path:
        return self._data.path("tags", "decisions.jsonl")

    def index(self) -> TagIndex:
        """The index as it stands; read again only when a file changed."""
        stamps = (stamp_of(self.tags_path), stamp_of(self.decisions_path))
        if self._cache is None or self._cache[0] != stamps:
            self._lines = parse_lines(self.tags_path, Tag)
            self._cache = (stamps, _index(self._lines.records, self.decisions()))
        return self._cache[1]

    def decisions(self) -> list[TagDecision]:
        """Every decision, oldest first."""
        return read_lines(self.decisions_path, TagDecision)

    def add(self, tags: Iterable[Tag], decisions: Iterable[TagDecision] = ()) -> TagIndex:
        """Add tags and decisions; a slug or a decision that is there already changes no byte.

        Tags come first: a kill in between leaves a tag nobody uses yet, never a decision without its tag.
        """
        made_tags, made_decisions = list(tags), list(decisions)
        with self._data.lock("tags"):
            index = self.index()
            self._write_tags(index, made_tags, made_decisions)
            news = [made for made in made_decisions if index.slugs.get(phrase_key(made.phrase)) != made.slug]
            lines = {dump_line(made): None for made in news}
            if lines:
                self._data.append_lines(self.decisions_path, "".join(lines))
            return self.index()

    def count(self) -> int:
        return len(self.index().tags)

    def _write_tags(self, index: TagIndex, tags: list[Tag], decisions: list[TagDecision]) -> None:
        merged = {**{tag.slug: tag for tag in tags}, **index.tags}
        for made in decisions:
            tag = merged[made.slug]
            if phrase_key(made.phrase) not in {phrase_key(name) for name in (tag.label, *tag.aliases)}:
                merged[made.slug] = tag.model_copy(update={"aliases": tuple(sorted({*tag.aliases, made.phrase}))})
        if merged != index.tags:
            set_aside(self._data, self.tags_path, self._lines.unreadable)
            self._data.write_text(self.tags_path, "".join(dump_line(merged[slug]) for slug in sorted(merged)))


def slug_of(label: str) -> str:
    """A label as a name for files and addresses: `Quantum  Error-Correction` is `quantum-error-correction`.

    The signs that tell `C++`, `C#` and `C` apart are spelt out.
    """
    label = label.replace("+", " plus ").replace("#", " sharp ")
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def new_slug(label: str, tags: Mapping[str, Tag]) -> str:
    """The slug of a new tag; empty where a tag of the same spelling is there, or nothing can be spelt.

    A tag keeps the slug that it got when these signs were not spelt out yet, so that slug may be another label's.
    """
    slug = slug_of(label)
    if slug not in tags:
        return slug
    if slug_of(tags[slug].label) == slug:
        return ""
    numbered = (f"{slug}-{number}" for number in itertools.count(2))
    return next((name for name in numbered if name not in tags), "")


def phrase_key(phrase: str) -> str:
    """What spellings of one phrase have in common: case, hyphens, spaces and a plural `s` make no difference."""
    words = re.sub(r"[^\w+#]+", " ", unicodedata.normalize("NFKC", phrase).replace("_", " ").casefold()).split()
    return "".join(_singular(word) for word in words)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(_KEPT_S):
        return word[:-1]
    return word


def _index(tags: list[Tag], decisions: list[TagDecision]) -> TagIndex:
    by_slug = {tag.slug: tag for tag in tags}
    slugs = {phrase_key(alias): tag.slug for tag in tags for alias in tag.aliases}
    slugs.update({phrase_key(tag.label): tag.slug for tag in tags})
    slugs.update({phrase_key(made.phrase): made.slug for made in decisions if made.slug in by_slug})
    return TagIndex(by_slug, slugs)
