"""TeX's own names in titles."""

import pytest

from shared.text.references.bibliography import plain
from shared.text.tex.logos import with_logos


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"Writing \LaTeX documents", "Writing LaTeX documents"),
        (r"\TeX{}, \LaTeX\ and \BibTeX", "TeX, LaTeX and BibTeX"),
        (r"{\LaTeX}ML, Bib{\TeX}, Xe\LaTeX, { \LaTeXe{} }", "LaTeXML, BibTeX, XeLaTeX, LaTeX2e"),
        (r"\textit{\TeX} and \href[x]{\TeX}", r"\textit{TeX} and \href[x]{TeX}"),
        (r"\TeXnician \TeXbook \ours", r"\TeXnician \TeXbook \ours"),
        (r"$\TeX$ and $$a \LaTeX b$$ by \ConTeXt", r"$\TeX$ and $$a \LaTeX b$$ by ConTeXt"),
        ("no command", "no command"),
    ],
)
def test_commands_that_spell_a_name_become_the_name(tex: str, text: str) -> None:
    assert with_logos(tex) == text
    assert with_logos(text) == text


def test_titles_of_a_bibliography_keep_them() -> None:
    assert plain(r"The \TeX{}book, {\LaTeX} and \textbf{\BibTeX}") == "The TeXbook, LaTeX and BibTeX"
