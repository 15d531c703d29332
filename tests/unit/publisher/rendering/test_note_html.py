"""Notes as HTML: Markdown with formulas, and nothing that could run."""

import pytest
from hypothesis import given

from services.publisher.rendering.note_html import note_html
from tests.support.arxiv.hostile_text import ANY_TEXT, Tags

ALLOWED = {"href", "rel", "class"}


def test_markdown_is_rendered_below_the_headings_of_the_page() -> None:
    html = note_html(
        "# Title\n\n- **one**\n- [two](https://arxiv.org/abs/2403.12345)\n\n| a | b |\n|---|---|\n| 1 | ~~2~~ |"
    )
    assert "<h3>Title</h3>" in html
    assert '<a href="https://arxiv.org/abs/2403.12345" rel="noopener noreferrer">two</a>' in html
    assert "<td><s>2</s></td>" in html


def test_formulas_are_left_to_the_page() -> None:
    html = note_html("so $a<b$ and $$c$$\n\n$$\nd\n$$")
    assert '<span class="math inline">a&lt;b</span>' in html
    assert html.count('<span class="math display">') == 2


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](java&#x09;script:alert(1))",
        "<javascript:alert(1)>",
        "[x](data:text/html,<script>alert(1)</script>)",
        "![x](https://evil.example/pixel.png)",
        "<img src=x onerror=alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
        "$<img src=x onerror=alert(1)>$",
        "$$</span><script>alert(1)</script>$$",
        "{{ 7*7 }} {% raw %}",
        "> " * 500 + "deep",
        "[" * 2000,
    ],
)
def test_nothing_in_a_note_runs_or_is_fetched(text: str) -> None:
    for tag, attributes in Tags(note_html(text)).seen:
        assert tag not in ("script", "img", "iframe", "style")
        assert {name for name, _ in attributes} <= ALLOWED
        assert not any((value or "").lower().startswith(("javascript", "data")) for _, value in attributes)
    assert "49" not in note_html("{{ 7*7 }}")


@given(ANY_TEXT)
def test_any_text_has_allowed_attributes_alone(text: str) -> None:
    assert {name for _, attributes in Tags(note_html(text)).seen for name, _ in attributes} <= ALLOWED
