"""The index of passages: words in memory, vectors in Qdrant. All of it is made of files, and made again from them.

A paper is in it whole or not at all. What another chunker made has vectors of its own beside those that are wanted,
and answers for each paper until that is cut and embedded anew; so does what another model embedded, by words alone,
because its vectors cannot be compared with a question of this model.
"""

import asyncio
import itertools
import logging
import shutil
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from services.summarizer.qdrant.connection import Matrix
from services.summarizer.research.retrieval.passage_points import PassagePoints
from services.summarizer.research.retrieval.passage_words import PassageWords, ScoredChunk, Source
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.research.chunk_vectors import ChunkVectors
from shared.store.research.chunks import Chunk, ChunkStore

log = logging.getLogger(__name__)

_FOLDER = ("state", "passages")
_PAPERS_A_COMMIT = 200


class Rankings(NamedTuple):
    """Chunks by words and by vectors, both best first."""

    by_words: list[ScoredChunk]
    by_vectors: list[ScoredChunk]


class PassageIndex:
    """Open it before use."""

    def __init__(
        self,
        data: DataFolder,
        chunks: ChunkStore,
        vectors: ChunkVectors,
        chunker: str,
        server_url: str | None = None,
    ) -> None:
        self.chunker = chunker
        self._data, self._chunks, self._vectors, self._server_url = data, chunks, vectors, server_url
        self._name = f"{chunker}--{vectors.alias}--{vectors.digest}"
        self._words = PassageWords()
        self._points = self._points_of(self._name)
        self._earlier: PassagePoints | None = None
        self._current: frozenset[Source] = frozenset()
        self._is_open = False

    def problem(self) -> str | None:
        """Why passages cannot be found now; None when they can."""
        return self._points.problem() or (None if self._is_open else "the passages are being indexed")

    def current(self) -> frozenset[Source]:
        """The versions of papers that are in the index as it is wanted."""
        return self._current

    def holds(self, source: Source) -> bool:
        """Whether a version of a paper can be found, be it by what an earlier chunker or model made."""
        return source in self._words.sources()

    @property
    def has_earlier(self) -> bool:
        """Whether some papers may still be answered for by what an earlier chunker or model made."""
        return self._earlier is not None or bool(self._words.sources() - self._current)

    async def open(self) -> None:
        """Raises TemporaryFailure while another process has the vectors, or a server is away."""
        await self._points.open()
        await self._open_earlier()
        askable, whole = await asyncio.to_thread(self._fill_words)
        await self._mend_points(whole)
        self._current, self._is_open = frozenset(whole), True
        await self.retire()
        log.info("%d papers can be asked.", askable, extra={"action": "passages_open"})

    async def close(self) -> None:
        self._is_open = False
        await self._points.close()
        if self._earlier is not None:
            await self._earlier.close()

    async def put(self, source: Source, chunks: Sequence[Chunk], vectors: Mapping[str, Matrix]) -> None:
        """Have a paper found by all of its chunks."""
        await self._points.put(source, vectors)
        await asyncio.to_thread(self._words.put, [(source, chunks)])
        self._current |= {source}

    async def drop(self, sources: Collection[Source], chunk_ids: Sequence[str]) -> None:
        """Have papers found no longer; `chunk_ids` are theirs."""
        await asyncio.to_thread(self._words.put, [], sources)
        self._current -= frozenset(sources)
        await self._points.drop(chunk_ids)

    async def search(self, question: str, vector: Matrix | None, sources: Collection[Source], limit: int) -> Rankings:
        """The best chunks of some papers by words, and, where the question has a vector (d), by vectors."""
        words = asyncio.to_thread(self._words.search, question, sources, limit)
        if vector is None:
            return Rankings(await words, [])
        asked = self._words.sources().intersection(sources)
        near = [self._points.search(vector, self._current & asked, limit)]
        if self._earlier is not None:
            near.append(self._earlier.search(vector, asked - self._current, limit))
        by_words, *by_vectors = await asyncio.gather(words, *near)
        nearest = sorted((hit for hits in by_vectors for hit in hits), key=lambda hit: -hit.score)
        return Rankings(by_words, nearest[:limit])

    async def chunks(self, chunk_ids: Sequence[str]) -> dict[str, Chunk]:
        """These chunks by id, as far as they can be found."""
        return await asyncio.to_thread(self._words.chunks, chunk_ids)

    async def retire(self) -> None:
        """Delete what the earlier chunker made where every paper that can be asked is in the index as it is wanted."""
        if self._words.sources() - self._current:
            return
        earlier, self._earlier = self._earlier, None
        if earlier is not None:
            log.info("The new index of passages is whole; the earlier one goes.", extra={"action": "passages_renewed"})
            await earlier.remove()
            await earlier.close()
            await asyncio.to_thread(self._remove_others)
        await asyncio.to_thread(self._tidy_files)

    def _fill_words(self) -> tuple[int, dict[Source, list[str]]]:
        """Index the words of all papers that were whole once; returns how many these are, and the chunks of those that
        are whole as they are wanted."""
        versions = self._chunks.ids_by_version()
        here, anywhere = self._vectors.ids(), self._vectors.ids_of_all_sets()
        whole: dict[Source, list[str]] = {}
        chosen: dict[tuple[str, int], str] = {}
        for version, by_chunker in versions.items():
            source, ids = Source(*version), by_chunker.get(self.chunker, [])
            if ids and here.issuperset(ids):
                whole[source] = ids
            once = [name for name, ids in by_chunker.items() if anywhere.issuperset(ids)]
            if once:
                chosen[version] = self.chunker if self.chunker in once else max(once)
        papers = ((Source(*version), chunks) for version, chunks in self._chunks.by_version(chosen))
        while part := list(itertools.islice(papers, _PAPERS_A_COMMIT)):
            self._words.put(part)
        return len(chosen), whole

    async def _mend_points(self, whole: Mapping[Source, Sequence[str]]) -> None:
        """Give lost points back, and drop those that no file knows."""
        there = await self._points.chunk_ids()
        known = {chunk_id for ids in whole.values() for chunk_id in ids}
        await self._points.drop([chunk_id for chunk_id in there if chunk_id not in known])
        for source, ids in whole.items():
            lost = [chunk_id for chunk_id in ids if chunk_id not in there]
            if lost:
                vectors = await asyncio.to_thread(self._vectors.get, source.paper_id, lost)
                await self._points.put(source, vectors)

    async def _open_earlier(self) -> None:
        """Of the earlier indexes the newest of the same model answers meanwhile; all others go."""
        for name in await asyncio.to_thread(self._other_names):
            points = self._points_of(name)
            try:
                if self._earlier is None and name.endswith(f"--{self._vectors.digest}"):
                    await points.open()
                    await points.chunk_ids()
                    self._earlier = points
                else:
                    await self._remove(name, points)
            except PapersysError as error:
                log.warning("An earlier index is left out: %s", error, extra={"action": "passages_alone"})

    async def _remove(self, name: str, points: PassagePoints) -> None:
        """Delete an index that nothing can be asked of: its folder, and at a server its collection."""
        if self._server_url is not None:
            await points.open()
            await points.remove()
            await points.close()
        await asyncio.to_thread(shutil.rmtree, self._data.path(*_FOLDER, name), ignore_errors=True)

    def _other_names(self) -> list[str]:
        """The other indexes that are there, newest first."""
        folder = self._data.path(*_FOLDER)
        others = [path for path in folder.iterdir() if path.name != self._name] if folder.exists() else []
        return [path.name for path in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)]

    def _remove_others(self) -> None:
        for name in self._other_names():
            shutil.rmtree(self._data.path(*_FOLDER, name), ignore_errors=True)

    def _tidy_files(self) -> None:
        """What other chunkers made of versions that were cut anew goes, with its vectors."""
        if self._chunks.remove_earlier(self.chunker):
            self._vectors.keep_only(self._chunks.ids())

    def _points_of(self, name: str) -> PassagePoints:
        folder, lock = self._data.path(*_FOLDER, name), self._data.path("state", "locks", f"passages-{name}.lock")
        folder.mkdir(parents=True, exist_ok=True)
        return PassagePoints(folder / "qdrant", lock, self._server_url, name, self._vectors.recipe.dimension)
