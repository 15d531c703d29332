import pytest

from services.fetcher.documents.latex.manuscript import (
    front_of,
    plain_reading,
    read_as_written,
    read_manuscript,
    with_abstract,
    with_bare_math,
)
from services.fetcher.documents.sources.eprint import SourceRefused

PAPER = rb"""\documentclass{article}\newcommand{\R}{\mathbb{R}}\newtheorem{thm}{Theorem}\title{A \emph{title}}
\begin{document}\maketitle\begin{abstract}Short.\end{abstract}\section{One}In $\R$.\begin{thm}T\end{thm}
\begin{figure}\caption{Cap.}\end{figure}\begin{thebibliography}{9}\bibitem{a} A\end{thebibliography}\end{document}"""


def test_a_paper_is_its_title_abstract_body_theorems_captions_and_bibliography() -> None:
    manuscript = read_manuscript({"main.tex": PAPER})
    assert manuscript is not None
    assert (manuscript.main, manuscript.title) == ("main.tex", r"A \emph{title}")
    assert manuscript.theorems == (r"\newtheorem{thm}{Theorem}",)
    assert "\\section*{Abstract}\nShort." in manuscript.body
    assert r"In $\mathbb{R}$." in manuscript.body
    assert r"\textbf{Figure 1.} Cap." in manuscript.body
    assert [caption.text for caption in manuscript.captions] == ["Cap."]
    assert manuscript.bibliography == r"\begin{thebibliography}{9}\bibitem{a} A\end{thebibliography}"
    assert "bibitem" not in manuscript.body


def test_the_document_for_the_converter_has_definitions_alone_in_its_preamble() -> None:
    manuscript = read_manuscript({"main.tex": PAPER})
    assert manuscript is not None
    assert manuscript.document("BODY", safe_only=False) == (
        "\\documentclass{article}\n\\newtheorem{thm}{Theorem}\n\\begin{document}\nBODY\n\\end{document}\n"
    )


def test_a_source_without_a_main_file_is_no_manuscript() -> None:
    assert read_manuscript({"x.sty": b"a"}) is None


def test_a_source_whose_macros_explode_is_refused() -> None:
    bomb = rb"\documentclass{article}\newcommand{\A}[1]{#1#1#1#1#1#1#1#1#1#1}\begin{document}"
    with pytest.raises(SourceRefused, match="grow to over"):
        read_manuscript({"main.tex": bomb + rb"\A{\A{\A{\A{\A{\A{word }}}}}}\end{document}"})


def test_as_written_it_keeps_its_macros_and_can_drop_one_that_a_converter_refuses() -> None:
    tex = rb"\documentclass{article}\newcommand{\R}{\mathbb{R}}\def\be{\begin{equation}}\def\ee{\end{equation}}"
    tex += rb"\let\eps\varepsilon\begin{document}\be x\ee $\R$\end{document}"
    written = read_as_written({"main.tex": tex}, "main.tex")
    assert written.body == r"\begin{equation}  x\end{equation}  $\R$"
    assert [macro.name for macro in written.macros] == ["R", "be", "ee", "eps"]
    fewer = written.without_macro_at(2, safe_only=False)
    assert fewer is not None
    assert [macro.name for macro in fewer.macros] == ["be", "ee", "eps"]
    assert written.without_macro_at(99, safe_only=False) is None


def test_a_plain_reading_has_the_words_of_the_body_alone() -> None:
    tex = r"\title{T}Words $x$ \begin{thebibliography}{9}\bibitem{a} B\end{thebibliography}"
    assert plain_reading(tex) == "Words"


@pytest.mark.parametrize(
    ("preamble", "body", "expected"),
    [
        (r"\abstract{In front.}", "body", "\\section*{Abstract}\nIn front.\n\nbody"),
        ("", r"\begin{abstract}In.\end{abstract}x", "\\section*{Abstract}\nIn.\n\nx"),
        ("", "body", "body"),
    ],
)
def test_the_abstract_is_a_section_wherever_it_stood(preamble: str, body: str, expected: str) -> None:
    assert with_abstract(preamble, body) == expected


def test_of_a_preamble_title_and_abstract_are_kept() -> None:
    assert front_of(r"\title{T}\abstract{Words.}\usepackage{x}") == "\\title{T}\n\\abstract{Words.}"


def test_a_box_around_a_formula_alone_is_taken_off() -> None:
    assert with_bare_math(r"\mbox{$x$} \text{if $x$}") == r"\ensuremath{x} \text{if $x$}"
