import time

import pytest

from services.fetcher.documents.macros.expansion import Expander, without_inner_dollars


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\newcommand{\R}{\mathbb{R}}$\R$", r"$\mathbb{R}$"),
        (r"\newcommand{\b}{\bold}\b c", r"\bold c"),
        (r"\newenvironment{e}{<}{>}\begin{e}x\end{e}", "<x>"),
        (r"\let\x\item\x y", r"\item y"),
        (r"\providecommand{\a}{1}\providecommand{\a}{2}\a", "1"),
        (r"\newif\ifq\ifq a\else b\fi\qtrue\ifq a\else b\fi", "ba"),
        (r"\iftrue a\else b\fi \iffalse c\fi", "a "),
        (r"\excludecomment{hide}\begin{hide}x\end{hide}y", "y"),
        (r"\newcommand{\sect}{\@startsection{section}{1}{}}\sect{A}", r"\section{A}"),
    ],
)
def test_what_a_paper_defines_is_replaced_by_what_it_stands_for(tex: str, expected: str) -> None:
    assert Expander().expand(tex) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\ensuremath{x} $\ensuremath{x}$", "$x$ $x$"),
        (r"\def\R{\mathbf{R}}$x^\R$", r"$x^{\mathbf{R}}$"),
        (r"\ce{H2O}", r"$\mathrm{H_{2}O}$"),
        (r"$\hbox{if $x$}$", r"${\text{if }x}$"),
    ],
)
def test_formulas_stay_formulas(tex: str, expected: str) -> None:
    assert Expander().expand(tex) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\renewcommand{\section}{no}\section{A}", r"\section{A}"),
        (r"\def\x{\expandafter y}\x", r"\x"),
        (r"\def\x{\my@cmd}\x z", r"\x z"),
        (r"\def\a{\a}\a", r"\a"),
    ],
)
def test_structure_and_what_is_not_understood_stay_as_they_are(tex: str, expected: str) -> None:
    assert Expander().expand(tex) == expected


def test_definitions_of_a_style_file_are_noted_and_its_text_is_not() -> None:
    expander = Expander()
    expander.note(r"\newcommand{\R}{R} text")
    assert expander.expand(r"\R") == "R"


def test_declared_theorems_are_kept_for_the_converter() -> None:
    expander = Expander()
    assert expander.expand(r"\newtheorem{thm}{Theorem}[section]a") == "a"
    assert expander.theorems == [r"\newtheorem{thm}{Theorem}"]


def test_a_text_that_outgrows_its_room_is_left_as_it_is() -> None:
    expander = Expander(room=20)
    assert expander.expand(r"\def\a{xxxxxxxxxx}\a\a\a") == r"xxxxxxxxxx\a\a"
    assert expander.has_outgrown


@pytest.mark.attack
@pytest.mark.parametrize(
    "definitions",
    [
        r"\def\a{\a}",
        r"\def\a{\b\b}\def\b{\a\a}",
        r"\def\a{\b}\def\b{\c}\def\c{x\a}",
        "".join(rf"\def\{chr(97 + n)}{{{chr(92)}{chr(98 + n)}{chr(92)}{chr(98 + n)}}}" for n in range(24)),
        r"\newcommand{\a}[1]{\a{#1#1}}",
    ],
)
def test_macros_without_end_stop_growing(definitions: str) -> None:
    started = time.monotonic()
    expanded = Expander().expand(definitions + r" before \a{x} after")
    assert "before" in expanded
    assert "after" in expanded
    assert len(expanded) < 5_000_000
    assert time.monotonic() - started < 10


def test_dollars_within_text_within_a_formula_are_taken_out() -> None:
    assert without_inner_dollars("text", "if $x$ is") == r"{\text{if }x\text{ is}}"
    assert without_inner_dollars("text", "a") == r"\text{a}"
