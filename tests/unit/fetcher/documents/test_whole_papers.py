# ruff: noqa: E501 (a source stands in one line)
"""Nothing of a paper is lost: classes within the source, broken formulas, what comes after the bibliography."""

import time

import pytest

from services.fetcher.documents.conversion import Budget, Converted, convert_source
from services.fetcher.documents.engines import latexml
from services.fetcher.documents.sources.eprint import Source

WORDS = " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(70))
BIBLIOGRAPHY = (
    r"\begin{thebibliography}{9}\bibitem{a} Knuth, The book, 1984.\bibitem{b} Lamport, 1994.\end{thebibliography}"
)
CLASS = r"""\NeedsTeXFormat{LaTeX2e}\ProvidesClass{vmsta}[2014/10/02]
\def\@journal{Modern Stochastics}\def\volume#1{\gdef\@volume{#1}}\newif\if@open@access \global\@open@accesstrue
\renewcommand\section{\@startsection {section}{1}{\z@}{-18\p@ \@plus -6\p@ \@minus -3\p@}{9\p@}{\normalsize\bfseries}}
\def\document{\endgroup\@ifundefined{x}{}{}\begin{document}}
\def\@setref#1#2#3{\ifx#1\relax\protect\G@refundefinedtrue\nfss@text{??}\else\expandafter#2#1\null\fi}
\def\cite{\@ifnextchar [{\@tempswatrue\@citex}{\@tempswafalse\@citex[]}}
\def\textsc#1{{\scshape #1}} \def\item{\@inmatherr\item\@noitemarg\@item[\@itemlabel]}
\newenvironment{keywords}[1][]{\expandafter\newsavebox\csname keybox#1\endcsname}{\par\egroup}
\renewenvironment{abstract}{\global\setbox\absbox=\vbox\bgroup}{\par\egroup}
\def\label#1{\@bsphack\protected@write\@auxout{}{}\@esphack}\def\ref#1{\expandafter\@setref\csname r@#1\endcsname}
\def\enddocument{\let\AtEndDocument\@firstofone\@enddocumenthook}\def\thanksref#1{\@mark{#1}}\def\emphasised#1{\@emphasise{#1}}
"""
MANY = "\n".join(rf"\def\zz{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}@x#1#2{{\ifx#1\relax\else\expandafter#2\csname a@#1\endcsname\fi}}" for n in range(7_000))  # fmt: skip
PAPER = (
    r"\volume{3}\startlocaldefs\newtheorem{thm}{Theorem}\newcommand{\rrVert}{\Vert}\endlocaldefs"
    r"\begin{document}\begin{frontmatter}\title{A sample}\author[a]{\inits{F.}\fnms{First}~\snm{Last}\thanksref{c}\ead[label=e1]{f@x.y}}"
    r"\begin{abstract}Abstract said.\end{abstract}\begin{keywords}[MSC2020]\kwd{00K}\end{keywords}\end{frontmatter}"
    rf"\section{{One}}\label{{s}} {WORDS} in \cite{{a}}, see \ref{{s}}\footnote{{Foot said.}} \begin{{itemize}}\item Item said.\end{{itemize}}"
    r"\begin{thm} Theorem said, $\rrVert$.\end{thm}\begin{proof} Proof said.\end{proof} \emphasised{Emphasis said.}"
    rf"\section{{Two}} Second said.{BIBLIOGRAPHY}\appendix\section{{Three}} Third said.\end{{document}}"
)
SAID = (
    "Abstract said",
    "Foot said",
    "Item said",
    "Theorem said",
    "Proof said",
    "Emphasis said",
    "Second said",
    "Third said",
)
FORMULAS = (
    "$a\n\n=b$", "$ \\alpha\n\n\n\\beta $", "\\( a\n\n b\\)", "$$a\n\n=b$$", "\\[a\n\n=b\\]", "$\\mbox{if\n\n $x$}$",
    "$a \\text{ for all\n\n b}$", "$\\frac{a\n\n}{b}$", "\\ensuremath{a\n\nb}", "$a\\newpage b$", "$\\left(a\n\n\\right)$", "$a\\par b$",
    "\\begin{align*}\na&=b\n\n\\intertext{and}\n\nc&=d\n\n\\end{align*}", "\\begin{math}a\n\nb\\end{math}",
)  # fmt: skip
PLACES = (
    "%s", "x\\footnote{Here %s ends.}", "\\begin{itemize}\\item %s ends\\end{itemize}", "\\textbf{%s here}",
    "\\begin{figure}\\caption{Of %s.}\\end{figure}", "\\begin{tabular}{l}%s\\\\b\\end{tabular}", "\\begin{abstract}With %s it is.\\end{abstract}",
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_latexml(monkeypatch: pytest.MonkeyPatch) -> None:
    """It forgives much of this, slowly, and is not always there."""
    monkeypatch.setattr(latexml, "is_installed", lambda: False)


def converted(tex: str, **others: str) -> Converted:
    files = {"main.tex": tex.encode(), **{name.replace("__", "."): said.encode() for name, said in others.items()}}
    return convert_source(Source(files=files), Budget(time.monotonic() + 60, 1500))


def article(body: str, preamble: str = "", start: str = r"\documentclass{article}") -> str:
    return f"{start}\n{preamble}\n\\begin{{document}}\n\\section{{One}}\n{WORDS}\n\n{body}\n\\end{{document}}\n"


def titles(outcome: Converted) -> list[str]:
    return [section.title for section in outcome.sections if section.title]


@pytest.mark.parametrize(
    "tex",
    [
        "\\makeatletter\n" + CLASS + "\\documentclass{article}" + MANY + "\\makeatother\n" + PAPER,
        CLASS + "\\LoadClass{article}\n\\endinput\n" + PAPER,
        f"\\begin{{filecontents}}{{vmsta.cls}}\n{CLASS}\\LoadClass{{article}}{MANY}\n\\endinput\n\\end{{filecontents}}\n\\documentclass{{vmsta}}\n{PAPER}",
        f"\\begin{{filecontents*}}[overwrite]{{vmsta.cls}}\n{CLASS}\\endinput\n\\end{{filecontents*}}\n\\documentclass[numbers]{{vmsta}}\n{PAPER}",
    ],
    ids=["pasted, of 7,000 lines", "pasted with its end", "enclosed, of 7,000 lines", "enclosed"],
)  # fmt: skip
def test_a_class_within_the_source_takes_nothing_of_the_paper(tex: str) -> None:
    outcome = converted(tex)
    assert (outcome.grade, titles(outcome)) == ("good", ["Abstract", "One", "Two", "Three"]), outcome.tried
    assert [said for said in SAID if said not in outcome.markdown] == []
    assert "@" not in outcome.markdown.replace("[@", "").replace("f@x.y", "")
    assert "emphasise" not in outcome.markdown
    assert len(outcome.references) == 2


def test_a_chapter_and_a_bibliography_that_the_main_file_carries_are_read() -> None:
    chapter = "\\begin{filecontents*}{two.tex}\n\\section{Two} Said in it.\n\\end{filecontents*}\n"
    listed = f"\\begin{{filecontents}}[force]{{main.bbl}}\n{BIBLIOGRAPHY}\n\\end{{filecontents}}\n"
    outcome = converted(chapter + listed + article("\\input{two} \\bibliography{main}"))
    assert (outcome.grade, titles(outcome)) == ("good", ["One", "Two"]), outcome.tried
    assert "Said in it" in outcome.markdown
    assert len(outcome.references) == 2


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_that_an_empty_line_breaks_closes_wherever_it_stands(formula: str, place: str) -> None:
    body = f"Before. {place.replace('%s', formula)} and $y=2$ more.\n\nNext paragraph with $z=3$ said."
    outcome = converted(article(body))
    assert (outcome.grade, outcome.unbalanced_math) == ("good", 0), outcome.tried
    assert "$y=2$" in outcome.markdown
    assert "$z=3$ said" in outcome.markdown


@pytest.mark.parametrize(
    ("body", "preamble"),
    [
        (BIBLIOGRAPHY + r"\section{After} Said after.", ""),
        (r"\begin{thebibliography}{9}\bibitem{a} Knuth 1984." + "\n" + r"\section{After} Said after.", ""),
        (r"\begin{thebibliography}{9}\bibitem{a} Knuth \eb \section{After} Said after.", r"\def\eb{\end{thebibliography}}"),
        (BIBLIOGRAPHY + r"\section{After} Said after." + BIBLIOGRAPHY, ""),
        (r"\bibliography{refs}\appendix\section{After} Said after.", ""),
        (r"\appendix\makeatletter {\bf Bold}\section{After} Said after.", ""),
        (r"\appendix\ioptwocol {\bf Bold}\section{After} Said after.", ""),
        (r"\appendix\makeatletter\@addtoreset{equation}{section}\makeatother {\bf Bold} \section{After} Said after.", ""),
        (r"\appendix\apsection{After} Said after.", r"\makeatletter\newcommand{\apsection}{\@startsection {section}{1}{\z@}{-3ex}{2ex}{\bf}}\makeatother"),
        (r"\appendix\renewcommand{\section}{\@startsection{section}{1}{0pt}{1ex}{1ex}{\bf}} {\bf Bold} \section{After} Said after.", ""),
        ("\\begin{quote}\\section{After} Said after.\\end{quote}", ""),
    ],
)  # fmt: skip
def test_a_section_after_the_bibliography_or_after_the_stuff_of_an_appendix_is_there(body: str, preamble: str) -> None:
    outcome = converted(article(body, preamble))
    assert titles(outcome)[:2] == ["One", "After"]
    assert "Said after" in outcome.markdown
    assert "Bold" in outcome.markdown or "Bold" not in body
    assert outcome.grade == "good", outcome.tried


def test_the_end_of_an_input_is_none_in_a_definition_or_a_conditional() -> None:
    tex = article(
        "\\ifdone\\endinput\\fi\n\\def\\stop{\\endinput}\nFirst said. \\input{a}Last said.", "\\newif\\ifdone"
    )
    outcome = converted(tex, a__tex="Inner said.\n\\endinput\nrubbish")
    assert [said for said in ("First said", "Inner said", "Last said") if said not in outcome.markdown] == []
    assert "rubbish" not in outcome.markdown


def test_a_file_is_put_in_where_it_is_asked_for_if_it_exists_and_a_group_after_an_input_stays() -> None:
    outcome = converted(
        article(r"\InputIfFileExists{a}{}{} \input{b}{\bf Bold said.}"), a__tex="Inner said.", b__tex="b"
    )
    assert "Inner said" in outcome.markdown
    assert "Bold said" in outcome.markdown


def test_an_abstract_in_capitals_is_an_abstract() -> None:
    tex = rf"\documentclass[EJP]{{ejpecp}}\TITLE{{The title\thanks{{x}}}}\AUTHORS{{A}}\ABSTRACT{{Abstract said.}}\begin{{document}}\section{{One}}{WORDS}\end{{document}}"
    outcome = converted(tex)
    assert titles(outcome) == ["Abstract", "One"]
    assert "# The title" in outcome.markdown
