"""Who wrote papers together."""

import pytest

from services.ranker.rising.author_groups import author_groups, author_key


@pytest.mark.parametrize(
    ("papers", "groups"),
    [
        ([], 0),
        ([["a"], ["b"], ["c"]], 3),
        ([["a", "b"], ["b", "c"], ["c", "d"], ["e"]], 2),
        ([["a"], ["b"], ["b", "a"]], 1),
        ([[], [], ["a"]], 3),
    ],
)
def test_papers_joined_by_authors_are_one_group(papers: list[list[str]], groups: int) -> None:
    numbers = author_groups(papers)
    assert (len(numbers), len(set(numbers))) == (len(papers), groups)


def test_spellings_that_differ_in_case_and_spaces_are_one_person() -> None:
    assert author_key("Ada  LOVELACE ") == author_key("ada lovelace")


def test_a_long_chain_of_papers_is_one_group() -> None:
    chain = [[f"a{number}", f"a{number + 1}"] for number in range(20_000)]
    assert len(set(author_groups(chain))) == 1
