"""Seeds: arXiv ids, sentences and .bib files from the settings that stand in for likes while there are few ratings.

Their vectors are asked for once and kept in `state/ranker/seeds-<model>.npz`, so that nothing waits for them again.
"""

import asyncio
import hashlib
import io
import logging
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile

import numpy as np

from services.ranker.learning.similarity import Pool, empty_pool
from shared.bus.questions.requests import SendRequest
from shared.contracts import Encode, Lookup
from shared.errors import PapersysError, RequestFailed
from shared.paper_ids import parse_paper_id
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.vectors.embeddings import Matrix
from shared.store.vectors.joined_vectors import JoinedVectors
from shared.text.references.bibliography import Entry, read_bibliography

log = logging.getLogger(__name__)

_FIRST_DELAY_SECONDS = 1.0
_LONGEST_DELAY_SECONDS = 60.0
_AT_ONCE = 16
_KEPT_EVERY = 32
_LONGEST_NAME = 300
_TOGETHER = 50.0
"""All seeds together weigh as much as this many likes at most: a library must not outweigh ratings."""

Named = dict[str, Entry | None]
"""Seeds by name (an arXiv id, a sentence, or a title), each with what a .bib file says of it."""


class Seeds:
    """The seeds of the settings with their vectors, as far as these are known. A .bib file is read once."""

    def __init__(
        self,
        texts: tuple[str, ...],
        data: DataFolder,
        vectors: JoinedVectors,
        metadata: MetadataStore,
        ask: SendRequest,
        *,
        only_reads: bool = False,
    ) -> None:
        self._texts = texts
        self._data, self._vectors, self._metadata, self._ask = data, vectors, metadata, ask
        self._only_reads = only_reads
        self._path = data.path("state", "ranker", f"seeds-{vectors.alias}.npz")
        self._named: Named | None = None if any(map(is_bibliography, texts)) else seeds_of(texts)
        self._known: dict[str, Matrix] | None = None
        self._kept = 0
        self._hopeless: set[str] = set()
        self._is_patient = False
        self._opening = threading.Lock()

    @property
    def complete(self) -> bool:
        """Whether all vectors are known that can be had."""
        return self._named is not None and not self._wanted()

    def pool(self, dimension: int) -> Pool:
        """The seeds whose vectors are vectors. Blocks, the first time."""
        named, vectors = self._open()
        usable = [name for name in named if name in vectors and len(vectors[name]) == dimension]
        if not usable:
            return empty_pool(dimension)
        weight = min(1.0, _TOGETHER / len(usable))
        return Pool(tuple(usable), np.stack([vectors[name] for name in usable]), np.full(len(usable), weight))

    async def complete_them(self) -> None:
        """Ask for the vectors that are not vectors yet. What fails for now is tried again at the next call."""
        named, vectors = await asyncio.to_thread(self._open)
        if not self._wanted():
            return
        stored = await asyncio.to_thread(self._vectors.get, [name for name in self._wanted() if is_paper(name)])
        vectors.update(zip(stored.ids, stored.matrix, strict=True))
        try:
            await self._encode_all({name: name for name in self._wanted() if _is_sentence(name, named)}, "query")
            await self._encode_all(await self._passages(named), "passage")
        except RequestFailed as error:
            self._say(self._wanted(), error)
        finally:
            await asyncio.to_thread(self._keep)

    async def keep_asking(self) -> None:
        """Ask until all vectors are known, with growing delays: the embedder may still be starting, arXiv be away."""
        delay_seconds = _FIRST_DELAY_SECONDS
        while not self.complete:
            try:
                await self.complete_them()
            except Exception as error:
                log.warning("Could not look for the seeds' vectors: %s", error, extra={"action": "seed_failed"})
            if self.complete:
                break
            await asyncio.sleep(delay_seconds)
            delay_seconds = min(2 * delay_seconds, _LONGEST_DELAY_SECONDS)
            self._is_patient = delay_seconds == _LONGEST_DELAY_SECONDS  # until then the embedder may just be starting

    def _open(self) -> tuple[Named, dict[str, Matrix]]:
        with self._opening:
            if self._named is None:
                self._named = seeds_of(self._texts)
            if self._known is None:
                self._known = _read_vectors(self._path, self._named)
                self._kept = len(self._known)
            return self._named, self._known

    def _wanted(self) -> list[str]:
        vectors = self._known or {}
        return [name for name in self._named or () if name not in vectors and name not in self._hopeless]

    async def _passages(self, named: Named) -> dict[str, str]:
        """The texts of the wanted papers: as they are stored, else as the .bib file has them, else as arXiv says."""
        wanted = [name for name in self._wanted() if not _is_sentence(name, named)]
        texts = await asyncio.to_thread(self._texts_here, wanted, named)
        for name in wanted:
            if not texts[name]:
                texts[name] = await self._looked_up(name)
        return {name: text for name, text in texts.items() if text}

    def _texts_here(self, names: Sequence[str], named: Named) -> dict[str, str]:
        papers = self._metadata.get(list(filter(is_paper, names)))
        entries = {name: entry.text for name in names if name not in papers and (entry := named[name]) is not None}
        return {name: papers[name].text if name in papers else entries.get(name, "") for name in names}

    async def _looked_up(self, paper_id: str) -> str:
        """What arXiv says of a paper never harvested; nothing where that fails."""
        try:
            reply = await self._ask(Lookup(paper_ids=(paper_id,)))
            paper = self._metadata.get([paper_id]).get(paper_id)
            if paper is None:
                why = reply.missing.get(paper_id, "it is not stored")
                raise RequestFailed(f"{paper_id}: {why}", code="not_found", retryable=False)
            return paper.text
        except RequestFailed as error:
            self._say([paper_id], error)
            return ""

    async def _encode_all(self, texts: dict[str, str], kind: Literal["query", "passage"]) -> None:
        names = list(texts)
        for number, start in enumerate(range(0, len(names), _AT_ONCE), 1):
            await self._encode(names[start : start + _AT_ONCE], texts, kind)
            if number % _KEPT_EVERY == 0:
                await asyncio.to_thread(self._keep)

    async def _encode(self, names: Sequence[str], texts: dict[str, str], kind: Literal["query", "passage"]) -> None:
        """Raises RequestFailed where trying again helps; a text that never works is left out alone."""
        try:
            reply = await self._ask(Encode(texts=tuple(texts[name] for name in names), kind=kind))
        except RequestFailed as error:
            if error.retryable:
                raise
            if len(names) == 1:
                self._say(names, error)
            for name in names if len(names) > 1 else ():
                await self._encode([name], texts, kind)
            return
        vectors = np.array(reply.vectors, dtype=np.float32)
        self._open()[1].update(zip(names, vectors, strict=True))

    def _keep(self) -> None:
        _, vectors = self._open()
        if self._only_reads or len(vectors) == self._kept:
            return
        out = io.BytesIO()
        dimension = len(next(reversed(vectors.values())))
        usable = {name: vector for name, vector in vectors.items() if len(vector) == dimension}
        keys = np.array([_key(name) for name in usable])
        np.savez(out, allow_pickle=False, keys=keys, vectors=np.stack(list(usable.values())))
        self._data.write_bytes(self._path, out.getvalue())
        self._kept = len(vectors)

    def _say(self, names: Sequence[str], error: RequestFailed) -> None:
        if not error.retryable:
            self._hopeless.update(names)
        which = f"The seed {names[0]!r} has" if len(names) == 1 else f"{len(names)} seeds, {names[0]!r} the first, have"
        problem = f"{which} no vector {'yet' if error.retryable else 'and is left out'}: {error}"
        is_news = not error.retryable or self._is_patient
        log.log(logging.WARNING if is_news else logging.DEBUG, problem, extra={"action": "seed_failed"})


def seeds_of(texts: Iterable[str]) -> Named:
    """The seeds that texts name; what a .bib file lacks is said in the log, and the rest counts."""
    named: Named = {}
    for text in filter(str.strip, texts):
        if is_bibliography(text):
            named = {**_entries_of(Path(text.strip())), **named}
        else:
            named[seed_name(text)] = None
    return named


def seed_name(text: str) -> str:
    """An arXiv id in its plain spelling, or the sentence itself."""
    try:
        return parse_paper_id(text)
    except ValueError:
        return " ".join(text.split())


def is_paper(name: str) -> bool:
    """Whether a seed's name is an arXiv id."""
    try:
        return bool(parse_paper_id(name))
    except ValueError:
        return False


def is_bibliography(text: str) -> bool:
    """Whether a seed of the settings is the path of a .bib file."""
    return text.strip().lower().endswith(".bib")


def _is_sentence(name: str, named: Named) -> bool:
    return named[name] is None and not is_paper(name)


def _entries_of(path: Path) -> Named:
    try:
        bibliography = read_bibliography(path)
    except PapersysError as error:
        log.warning("Seeds are left out: %s", error, extra={"action": "seed_failed"})
        return {}
    log.info("Seeds from %s: %s.", path, bibliography, extra={"action": "seeds_read"})
    return {name: entry for entry in bibliography.entries if (name := entry.paper_id or entry.title[:_LONGEST_NAME])}


def _key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _read_vectors(path: Path, names: Iterable[str]) -> dict[str, Matrix]:
    """The vectors that were kept of these seeds; none where the file cannot be read: they are asked for again."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            kept = dict(zip(arrays["keys"].tolist(), arrays["vectors"], strict=True))
    except (OSError, ValueError, KeyError, BadZipFile):
        return {}
    return {name: kept[key] for name in names if (key := _key(name)) in kept}
