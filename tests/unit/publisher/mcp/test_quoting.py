"""Texts of papers in pages that are put together again without a gap."""

from hypothesis import given
from hypothesis import strategies as st

from services.publisher.mcp.quoting import page_of


@given(st.text(alphabet="ab \n", max_size=400), st.integers(1, 50))
def test_the_pages_of_a_text_are_the_text(text: str, characters: int) -> None:
    _, pages = page_of(text, 1, characters)
    shown = [page_of(text, page, characters)[0] for page in range(1, pages + 1)]
    assert "".join(shown) == text
    assert all(len(page) <= characters for page in shown)
    assert page_of(text, pages + 1, characters) == ("", pages)
