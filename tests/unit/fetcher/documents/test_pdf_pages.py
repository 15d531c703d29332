"""Where the pages of a PDF begin in its Markdown."""

import itertools

from services.fetcher.documents.engines.pdf import to_markdown
from services.fetcher.documents.engines.pdf_pages import page_starts

PAGES = [
    "A Paper about Sorting\n1 Introduction\n" + "External sorting is an old problem of slow disks.\n" * 8,
    "It goes on here with ﬁne ligatures and a divi-\nded word. " + "Runs are merged in passes, many at once.\n" * 8,
    "2 Results\n" + "The third page says how fast it is, in seconds.\n" * 8,
]


def test_each_page_is_found_by_its_first_letters() -> None:
    markdown = to_markdown(PAGES)
    starts = page_starts(markdown, PAGES)
    assert [markdown[start : start + 20].split()[0] for start in starts[1:]] == ["It", "2"]
    assert all(first <= second for first, second in itertools.pairwise(starts))


def test_a_page_that_is_not_found_begins_with_the_one_after_it_and_pages_that_are_not_found_are_none() -> None:
    markdown = to_markdown([PAGES[0], PAGES[2]])
    starts = page_starts(markdown, PAGES)
    assert len(starts) == 3
    assert starts[1] == starts[2]
    assert page_starts("Another text altogether.", PAGES) == ()
    assert page_starts("", []) == (0,)
