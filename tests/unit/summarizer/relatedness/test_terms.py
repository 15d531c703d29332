"""Words that papers share."""

from services.summarizer.relatedness.terms import Rarity, shared_terms, terms_of


def test_a_rare_shared_word_counts_more_than_a_common_one() -> None:
    papers = [terms_of(f"Networks number{i}", "networks for images") for i in range(20)]
    query = terms_of("Networks of axons", "")
    rare, common = terms_of("Axons growing", ""), terms_of("Networks growing", "")
    values = shared_terms(query, [rare, common], Rarity([*papers, query, rare, common]))
    assert values[0] > values[1] > 0


def test_papers_without_a_common_word_share_nothing() -> None:
    one, other = terms_of("Merge trees", ""), terms_of("Black holes", "")
    assert shared_terms(one, [other], Rarity([one, other])) == [0.0]


def test_function_words_and_case_make_no_difference() -> None:
    assert terms_of("The Merge of Trees", "").counts == terms_of("merge trees", "").counts


def test_an_empty_paper_is_like_no_other() -> None:
    empty, other = terms_of("", ""), terms_of("Black holes", "")
    assert shared_terms(empty, [other, empty], Rarity([])) == [0.0, 0.0]
