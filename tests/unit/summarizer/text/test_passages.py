"""Markdown as plain passages."""

import pytest

from services.summarizer.text.passages import Passage, harmless, passages_of, plain_text
from shared.store.papers.documents import Section


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("We show **strong** and *weak* _forms_.", "We show strong and weak forms."),
        ("See [the code](https://example.org/x) here.", "See the code here."),
        ("Seen before [@smith2020; @li2021], and again[^3].", "Seen before, and again."),
        ("A line\nthat wraps.\n\nAnother paragraph.", "A line that wraps.\n\nAnother paragraph."),
        ("Before.\n\n$$\nx = y\n$$\n\nAfter.", "Before.\n\nAfter."),
        ("Inline $x_1 < y_2$ stays.", "Inline $x_1 < y_2$ stays."),
        ("Text.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nMore.", "Text.\n\nMore."),
        ("```python\nprint(1)\n```\nText.", "Text."),
        ("![A plot](fig1.png){width=50%} Text.", "Text."),
        ("- one\n- two", "one two"),
        ("Costs 5\\% and \\$3.", "Costs 5\\% and \\$3."),
        ("snake_case_name stays", "snake_case_name stays"),
        ("seen\U000e0041\U000e0042 \u202eun\u200bseen\ufe01", "seen unseen"),
        ("3 &lt; 5 &amp;lt; &#60;b&#62;", "3 < 5 &lt; < b>"),
        ("", ""),
    ],
)
def test_marks_go_and_words_stay(markdown: str, plain: str) -> None:
    assert plain_text(markdown) == plain


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<<b>script>alert(1)<</b>/script>",
        "<scr<script></script>ipt>alert(1)</script>",
        "<custom-element onclick=x>",
        "<!--><img src=x>-->",
        "<ScRiPt src=//evil>",
    ],
)
def test_no_html_element_can_begin_in_harmless_text(hostile: str) -> None:
    for text in (harmless(hostile), plain_text(hostile)):
        assert not any(text[at + 1 : at + 2].isalpha() or text[at + 1 : at + 2] in "/!?" for at in _angles(text))


def _angles(text: str) -> list[int]:
    return [at for at, char in enumerate(text) if char == "<" and at + 1 < len(text)]


def test_the_abstract_comes_first_and_references_are_left_out() -> None:
    sections = [
        Section(title="Abstract", level=1, text="The abstract again."),
        Section(title="Method", level=1, text="We do it."),
        Section(title="References", level=1, text="[1] Somebody."),
        Section(title="Empty", level=1, text="  "),
    ]
    assert passages_of(sections, "The abstract.") == (
        Passage("Abstract", "The abstract."),
        Passage("Method", "We do it."),
    )
