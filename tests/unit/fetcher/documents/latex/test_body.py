import pytest

from services.fetcher.documents.latex.body import (
    ready_body,
    with_commands_unwrapped,
    without_front_matter,
    without_invisible,
    without_quotes_around_headings,
)


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"a \includegraphics[width=3cm]{x.eps} b", "a   b"),
        (r"\begin{tikzpicture}x\end{tikzpicture}y", "y"),
        (r"a \vskip 3pt plus 1fil b", "a   b"),
        (r"a\bigskip b", "a\n\n b"),
        (r"\email{x@y} a", " a"),
        (r"\begin{dmath}a\end{dmath}", r"\begin{equation*}a\end{equation*}"),
        ("\\beginsection One\\par a", "\\section{One}\n\n a"),
        (r"\proclaim{Theorem} a\endproclaim b", r"\par\textbf{Theorem}  a\par  b"),
        (r"\centerline{a}", "{a}"),
        (r"\parbox{5cm}{a} \resizebox{1cm}{!}{b} \colorbox{red}{c}", "{a} {b} {c}"),
        (r"\begin{algorithmic}[1]a", r"\begin{algorithmic}a"),
    ],
)
def test_a_ready_body_has_text_and_neither_pictures_nor_spacing_nor_boxes(tex: str, expected: str) -> None:
    assert ready_body(tex, set()) == expected


def test_a_front_matter_command_that_the_paper_defines_itself_stays() -> None:
    assert without_front_matter(r"\email{x@y} a", {"email"}) == r"\email{x@y} a"
    assert without_front_matter("\\title[s]{T}a\\affil{B}c\\keywords\n\nd", set()) == "ac\n\nd"


def test_a_section_within_a_quotation_is_a_section() -> None:
    tex = r"\begin{quote}\section{A} b\end{quote}\begin{quote}c\end{quote}"
    assert without_quotes_around_headings(tex) == r"\section{A} b\begin{quote}c\end{quote}"


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"a \textcolor{white}{hidden} b", "a  b"),
        (r"{\color{white} hidden} b", " b"),
        (r"a \phantom{x} b", "a  b"),
        (r"$a \phantom{x} b$", r"$a \phantom{x} b$"),
        (r"\textcolor{red}{seen}", r"\textcolor{red}{seen}"),
    ],
)
def test_text_that_nobody_sees_goes(tex: str, expected: str) -> None:
    assert without_invisible(tex) == expected


def test_skipped_commands_leave_their_arguments_but_never_keys() -> None:
    assert with_commands_unwrapped(r"\hl{a} \cite{b} \note[x]{c}", {"hl", "cite", "note"}) == r" {a} \cite{b}  {c}"
    assert with_commands_unwrapped(r"\hl{a}", set()) == r"\hl{a}"
