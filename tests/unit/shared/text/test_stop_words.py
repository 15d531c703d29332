"""Lists of stop words: lower case, and each longer list holds the shorter one."""

from services.ranker.search.query.parsed_query import STOP_WORDS as LEFT_OUT_OF_QUERIES
from services.summarizer.tags.stop_words import STOP_WORDS as NOT_AT_ENDS_OF_PHRASES
from shared.text.stop_words import FUNCTION_WORDS, STOP_WORDS


def test_search_and_key_phrases_share_one_list() -> None:
    assert STOP_WORDS < FUNCTION_WORDS < NOT_AT_ENDS_OF_PHRASES
    assert STOP_WORDS | {"paper", "papers"} == LEFT_OUT_OF_QUERIES
    assert all(word == word.casefold() for word in FUNCTION_WORDS)
