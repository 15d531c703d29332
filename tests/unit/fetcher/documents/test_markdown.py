import pytest

from services.fetcher.documents.markdown import (
    clean_markdown,
    document_markdown,
    prose_of,
    sections_of,
    stray_commands,
    unbalanced_math,
)
from shared.store.papers.documents import Reference, Section

TEXT = "Front.\n\n## Intro\n\nSome text.\n\n### Deeper\n\n```\n# no heading\n```\n\n$$\n# nor this\n$$\n"


def test_text_is_cut_at_its_headings_and_nowhere_else() -> None:
    sections = sections_of(TEXT)
    assert [(section.title, section.level) for section in sections] == [("", 1), ("Intro", 1), ("Deeper", 2)]
    assert sections[1].text == "Some text."
    assert "# no heading" in sections[2].text
    assert "# nor this" in sections[2].text


def test_a_document_has_one_title_its_sections_and_its_references() -> None:
    sections = [Section(title="Intro", level=1, text="Text.")]
    text = document_markdown("Title", sections, (Reference(text="A. B."),))
    assert text == "# Title\n\n## Intro\n\nText.\n\n## References\n\n1. A. B.\n"


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("a ![](fig.png) b", "a  b\n"),
        ("See [1](#sec:a) and [\\[eq:b\\]](#eq:b).", "See 1 and [eq:b].\n"),
        ("[site](https://x.org)", "[site](https://x.org)\n"),
        ("a\n\n\n\n\nb", "a\n\nb\n"),
    ],
)
def test_pictures_and_inner_links_go(markdown: str, expected: str) -> None:
    assert clean_markdown(markdown) == expected


def test_mathematics_code_and_citations_are_no_prose() -> None:
    text = "Word $\\alpha\n+ b$ [@key2017; see @other] `\\code` $$\\frac{a}{b}$$ \\foo end"
    assert prose_of(text).split() == ["Word", "\\foo", "end"]
    assert stray_commands(text) == 1
    assert unbalanced_math("$$ a") == 2
    assert unbalanced_math("$a{$ b") == 1
    assert unbalanced_math("$a$ 5\\$ $$b$$") == 0
