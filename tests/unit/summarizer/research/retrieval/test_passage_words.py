"""Words of chunks."""

from services.summarizer.research.retrieval.passage_words import PassageWords, Source, stems_of_question
from shared.store.research.chunks import Chunk
from tests.unit.shared.store.research.test_chunks import chunks_of

FIRST, SECOND = Source("2601.00001", 1), Source("local:0123456789abcdef", 1)


def chunk(source: Source, text: str, *titles: str) -> Chunk:
    return chunks_of(source.paper_id)[0].model_copy(update={"text": text, "titles": titles, "chunk_id": text[:32]})


def test_a_question_is_sought_by_its_telling_words() -> None:
    assert stems_of_question("What do the authors say about naïve Bayes?") == ["author", "say", "naiv", "bay"]
    assert stems_of_question("what is it") == ["what", "is", "it"]
    assert stems_of_question("?") == []


def test_words_of_headings_count_and_papers_are_replaced_and_forgotten() -> None:
    words = PassageWords()
    first = chunk(FIRST, "Runs are merged.", "Bloom filters")
    words.put([(FIRST, [first]), (SECOND, [chunk(SECOND, "Merged runs of others.")])])
    both = {FIRST, SECOND}
    assert [hit.chunk_id for hit in words.search("a Bloom filter", both, 5)] == [first.chunk_id]
    assert len(words.search("merging", both, 5)) == 2
    assert [hit.chunk_id for hit in words.search("merging", {SECOND}, 5)] == ["Merged runs of others."]
    assert words.chunks([first.chunk_id, "none"]) == {first.chunk_id: first}
    words.put([(FIRST, [chunk(FIRST, "Something else.")])], [SECOND])
    assert words.search("merging", both, 5) == []
    assert words.sources() == {FIRST}


def test_a_source_is_read_back_from_its_text() -> None:
    assert all(Source.of(str(source)) == source for source in (FIRST, SECOND, Source("hep-th/9901001", 12)))
