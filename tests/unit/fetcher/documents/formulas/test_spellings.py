"""What a text is spelt out to before its commands are read: acronyms, toggles, shorthands, AMS-TeX."""

import pytest

from services.fetcher.documents.latex import amstex
from services.fetcher.documents.latex.shorthands import with_shorthands_expanded
from services.fetcher.documents.macros.toggles import with_toggles_decided
from services.fetcher.documents.structure.acronyms import with_acronyms_said

GERMAN = "\\usepackage[ngerman]{babel}\\begin{document}"


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\newacronym{cnn}{CNN}{convolutional net}|\gls{cnn} \glspl{cnn} \acrlong{cnn}",
         "convolutional net (CNN) CNNs convolutional net"),
        (r"\DeclareAcronym{gan}{short=GAN, long={generative net}}|\ac{gan}, \acl{gan}, \acs{gan}",
         "generative net (GAN), generative net, GAN"),
        (r"\acrodef{ML}[ML]{machine learning}|\ac{ML} \acp{ML}", "machine learning (ML) MLs"),
        (r"\newglossaryentry{x}{name={X-ray}, description={d}}|\gls{x}", "X-ray"),
        (r"\newacronym{a}{A}{b}|\gls{unknown} \acute{x}", r"\gls{unknown} \acute{x}"),
    ],
)  # fmt: skip
def test_an_acronym_is_spelt_out_once_and_short_after_that(tex: str, expected: str) -> None:
    assert with_acronyms_said(tex).partition("|")[2] == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\newtoggle{long}\toggletrue{long}\iftoggle{long}{a}{b}", "a"),
        (r"\newbool{x}\ifbool{x}{a}{b}\booltrue{x}\ifbool{x}{a}{b}\notbool{x}{a}{b}", "bab"),
        (
            r"\newboolean{x}\setboolean{x}{true}\ifthenelse{\boolean{x}}{a{1}}{b}\ifthenelse{\not\boolean{x}}{a}{b}",
            "a{1}b",
        ),
        (r"\iftoggle{unknown}{a}{b}", r"\iftoggle{unknown}{a}{b}"),
        (r"\newtoggle{x}\iftoggle{x}{a", "{a"),
    ],
)
def test_a_toggle_decides_between_two_texts(tex: str, expected: str) -> None:
    assert with_toggles_decided(tex) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (GERMAN + 'Stra"se "uber "`so"\' $a"b$ \\"a', GERMAN + 'Straße über „so“ $a"b$ \\"a'),
        ('"a in English', '"a in English'),
        (r"\expandafter\newcommand\csname foo\endcsname{x}\csname foo\endcsname.", r"\newcommand\foo{x}\foo ."),
        (r"\csname a\b\endcsname", r"\csname a\b\endcsname"),
    ],
)
def test_shorthands_and_names_that_are_put_together_are_spelt_out(tex: str, expected: str) -> None:
    assert with_shorthands_expanded(tex) == expected


def test_amstex_is_said_in_latex() -> None:
    text = amstex.in_latex(
        r"\topmatter\title A B\endtitle\abstract Words.\endabstract\endtopmatter\define\R{\Bbb R}"
        r"$$\align a&=b\\c&=d\endalign$$ $\pmatrix a\endpmatrix$ \roster\item\"x\" one\item two\endroster".replace(
            '\\"', '"'
        )
    )
    for words in (r"\title{A B}", r"\begin{abstract} Words.\end{abstract}", r"\def\R",
                  r"\begin{aligned} a&=b\\c&=d\end{aligned}",
                  r"\begin{pmatrix} a\end{pmatrix}", r"\begin{itemize}\item x  one\item two\end{itemize}"):  # fmt: skip
        assert words in text


def test_the_references_of_amstex_are_entries() -> None:
    body, listed = amstex.with_references_apart(
        r"Text. \Refs\ref\key 1\by A. Bee\paper Things\yr 1990\endref\ref\no 2\by C\endref\endRefs End."
    )
    assert body.split() == ["Text.", "End."]
    assert listed.count("\\bibitem") == 2
    assert "A. Bee" in listed
