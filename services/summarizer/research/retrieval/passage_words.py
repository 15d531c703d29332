"""The words of chunks in a Tantivy index in memory: it is made of the files at each start, in seconds.

So there is nothing on the disk to be damaged or to wait for. A commit has papers whole. Scored by BM25 (Robertson and
Zaragoza, 2009) over the text with its headings and the paper's title; words that say nothing of a subject are left out
of a question that has others. The chunks themselves are kept too, compressed, so that a question reads no file.
"""

import threading
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import NamedTuple

import tantivy
from tantivy import Occur, Query

from shared.search.analyzer import ANALYZER, stems_of, text_analyzer, without_accents
from shared.store.research.chunks import Chunk
from shared.text.stop_words import STOP_WORDS

_HEAP_BYTES = 20_000_000
_MOST_STEMS = 64


class Source(NamedTuple):
    """One version of a paper."""

    paper_id: str
    version: int

    def __str__(self) -> str:
        return f"{self.paper_id}v{self.version}"

    @classmethod
    def of(cls, text: str) -> "Source":
        paper_id, _, version = text.rpartition("v")
        return cls(paper_id, int(version))


class ScoredChunk(NamedTuple):
    chunk_id: str
    score: float


class PassageWords:
    """Every method blocks; safe to use from several threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._index = tantivy.Index(_schema())
        self._index.config_reader("manual")
        self._index.register_tokenizer(ANALYZER, text_analyzer())
        self._writer = self._index.writer(_HEAP_BYTES, num_threads=1)
        self._searcher = self._index.searcher()
        self._sources: frozenset[Source] = frozenset()

    def sources(self) -> frozenset[Source]:
        """The versions of papers that are here."""
        return self._sources

    def put(self, papers: Iterable[tuple[Source, Sequence[Chunk]]], gone: Iterable[Source] = ()) -> None:
        """Have all chunks of some papers here in place of what is here of them, and others not, in one commit."""
        left, added = set(gone), set[Source]()
        with self._turn:
            for source in left:
                self._writer.delete_documents_by_term("source", str(source))
            for source, chunks in papers:
                self._writer.delete_documents_by_term("source", str(source))
                added.add(source)
                for chunk in chunks:
                    self._writer.add_document(_document_of(chunk, source))
            self._writer.commit()
            self._index.reload()
            self._searcher = self._index.searcher()
            self._sources = (self._sources - left) | added

    def search(self, question: str, sources: Collection[Source], limit: int) -> list[ScoredChunk]:
        """The chunks of some papers that have words of a question, best first."""
        stems, asked = stems_of_question(question), self._sources.intersection(sources)
        if not stems or not asked or limit < 1:
            return []
        query = Query.boolean_query([(Occur.Should, Query.term_query(_schema(), "text", stem)) for stem in stems])
        if len(asked) < len(self._sources):
            among = Query.const_score_query(Query.term_set_query(_schema(), "source", sorted(map(str, asked))), 0.0)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, among)])
        searcher = self._searcher
        hits = searcher.search(query, limit, count=False).hits
        return [ScoredChunk(str(searcher.doc(place)["chunk_id"][0]), float(score)) for score, place in hits]

    def chunks(self, chunk_ids: Sequence[str]) -> dict[str, Chunk]:
        """These chunks by id; what is not here is left out."""
        if not chunk_ids:
            return {}
        searcher, query = self._searcher, Query.term_set_query(_schema(), "chunk_id", list(chunk_ids))
        places = (place for _, place in searcher.search(query, len(chunk_ids), count=False).hits)
        chunks = (Chunk.model_validate_json(bytes(searcher.doc(place)["chunk"][0])) for place in places)
        return {chunk.chunk_id: chunk for chunk in chunks}


def stems_of_question(question: str) -> list[str]:
    """The words by which a question is sought, each once."""
    words = without_accents(question).split()
    telling = [word for word in words if word.strip(".,;:?!\"'()").casefold() not in STOP_WORDS]
    return list(dict.fromkeys(stems_of(" ".join(telling or words))))[:_MOST_STEMS]


@cache
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name=ANALYZER, index_option="freq")
    builder.add_text_field("source", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("chunk_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("chunk", stored=True)
    return builder.build()


def _document_of(chunk: Chunk, source: Source) -> tantivy.Document:
    texts = [without_accents(text) for text in (chunk.title, *chunk.titles, chunk.text)]
    content = chunk.model_dump_json().encode("utf-8", "replace")
    return tantivy.Document(chunk_id=chunk.chunk_id, source=str(source), text=texts, chunk=content)
