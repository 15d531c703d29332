"""Where quotes stand in document.md: what is between the offsets, made plain, is the quote."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.summarizer.evidence.places import Places
from services.summarizer.evidence.quotes import Quotes, words_of
from services.summarizer.text.passages import one_line, passages_of, plain_text
from shared.store.papers.documents import Section
from shared.text.safe.safe_markdown import safe_markdown

MARKDOWN = safe_markdown(
    """# A title

## 1 Introduction

We show **strong** and *weak* _forms_ of [the theorem](https://example.org/x) here.

The error stays below 3 &lt; 5 for all inputs <b and costs 5\\% of $x_1 < y$ time [@smith2020] as before.

$$
E = mc^2
$$

The same words stand twice in this paper.

```python
# not a heading
```

## 2 Method

The same words stand twice in this paper. A line
that wraps into the `next` one; "done".

| a | b |
|---|---|
| 1 | 2 |

- an item of a list with several words
- and a second item of the list

## 3 A formula that never ends

$$ x = y

The words of this section are lost to it.

## References

1. Nobody.
"""
)


@pytest.mark.parametrize(
    ("quote", "section", "slice_"),
    [
        ("We show strong and weak forms of", "1 Introduction", "We show **strong** and *weak* _forms_ of"),
        (
            "forms of the theorem here.",
            "1 Introduction",
            "_forms_ of [the theorem](https://example.org/x) here.",
        ),
        ("strong and weak", "1 Introduction", "**strong** and *weak*"),
        ("stays below 3 < 5", "1 Introduction", "stays below 3 &lt; 5"),
        ("costs 5\\% of $x_1 < y$ time as before.", "", "costs 5\\% of $x_1 < y$ time [@smith2020] as before."),
        ("A line that wraps into the next one;", "2 Method", "A line\nthat wraps into the `next` one;"),
        ("an item of a list with several words", "2 Method", "an item of a list with several words"),
    ],
)
def test_the_place_of_a_quote_holds_it_with_its_marks(quote: str, section: str, slice_: str) -> None:
    place = Places(MARKDOWN).find(quote, section)
    assert place is not None
    assert MARKDOWN[place.start : place.end] == slice_
    assert one_line(plain_text(slice_)) == quote


@pytest.mark.parametrize("section", ["1 Introduction", "2 Method"])
def test_of_two_places_the_one_in_the_named_section_is_given(section: str) -> None:
    place = Places(MARKDOWN).find("The same words stand twice in this paper.", section)
    assert place is not None
    assert MARKDOWN.rindex("## ", 0, place.start) == MARKDOWN.index(f"## {section}")


def test_a_quote_that_is_not_in_the_document_has_no_place() -> None:
    assert Places(MARKDOWN).find("Nobody ever wrote this sentence.") is None
    assert Places("").find("Nobody ever wrote this sentence.") is None
    assert Places(MARKDOWN).find("") is None


def test_a_formula_that_never_ends_costs_no_other_section_its_places() -> None:
    text = MARKDOWN + "\n## 4 Later\n\nThis stands after it and is found.\n"
    assert Places(text).find("This stands after it and is found.", "4 Later") is not None


WORDS = st.text(alphabet="abcdefgh", min_size=1, max_size=6)
PIECES = st.one_of(
    WORDS,
    st.builds("**{}**".format, WORDS),
    st.builds("*{} {}*".format, WORDS, WORDS),
    st.builds("`{}`".format, WORDS),
    st.builds("[{} {}](https://example.org/{})".format, WORDS, WORDS, WORDS),
    st.builds("{} [@{}]".format, WORDS, WORDS),
    st.builds("${}_1 < y^{{2}}$".format, WORDS),
    st.builds("{} &amp; {}".format, WORDS, WORDS),
    st.builds("{}\\_{}".format, WORDS, WORDS),
    st.builds("{}\n".format, WORDS),
    st.builds("12.5%{}".format, WORDS),
    st.builds("\n\n$$\n{}\n$$\n\n".format, WORDS),
    st.builds("\n\n<!-- {} -->\n\n".format, WORDS),
    st.builds("\n\n- {} {}\n\n".format, WORDS, WORDS),
    st.builds("zero\u200bwidth{}".format, WORDS),
)
SECTIONS = st.lists(st.tuples(WORDS, st.lists(PIECES, min_size=1, max_size=25).map(" ".join)), min_size=1, max_size=3)


@given(SECTIONS, st.integers(0, 60), st.integers(4, 15))
@example([("a", "a"), ("a", "a *a a* [a a](https://example.org/a) $a_1 < y^{2}$"), ("a", "a")], 4, 4)
def test_what_stands_between_the_offsets_of_any_quote_is_the_quote(
    parts: list[tuple[str, str]], start: int, length: int
) -> None:
    sections = [Section(title=title, level=1, text=safe_markdown(text)) for title, text in parts]
    markdown = "# Title\n\n" + "\n\n".join(f"## {section.title}\n\n{section.text}" for section in sections) + "\n"
    assert safe_markdown(markdown) == markdown
    passages = passages_of(sections, "")
    words = passages[start % len(passages)].text.split()[start : start + length] if passages else []
    found = Quotes(passages).find(" ".join(words))
    if found is None:
        return
    place = Places(markdown).find(found.text, found.section)
    assert place is not None
    between = re.sub(r"\]\(https:[^)]*\)", "", markdown[place.start : place.end])  # of a link that it begins within
    shown = words_of(plain_text(between))
    assert set(words_of(found.text)) <= set(shown)
    assert len(shown) <= len(words_of(found.text)) + 2
