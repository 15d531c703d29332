import pytest

from services.fetcher.documents.tex.plain import plain_text, unaccented, words_of


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"A \emph{good} \textbf{word}~here\footnote{Note}.", "A good word here Note."),
        (r"See \cite[p.~5]{foo,bar} and \ref{x}.", "See and ."),
        (r"Let $x_1$ be \[ y \] so", r"Let $x_1$ be \[ y \] so"),
        ("One.\n\nTwo\nthree.", "One.\n\nTwo three."),
        (r"\begin{itemize}\item a \item b\end{itemize}", "a\n\nb"),
        (r"50\% \& \$5 --- \'etat", "50% & $5 — état"),
        (r"\begin{tikzpicture}\draw (0,0);\end{tikzpicture}Text", "Text"),
        (r"\includegraphics[width=3cm]{a.png}\caption{A cat}", "A cat"),
    ],
)
def test_tex_becomes_plain_words(tex: str, expected: str) -> None:
    assert plain_text(tex) == expected


def test_mathematics_can_be_left_out() -> None:
    assert plain_text(r"a $x$ b \begin{align*}y\end{align*} c", keep_math=False).split() == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"Schr\"odinger G\"{o}del Erd\H{o}s", "Schrödinger Gödel Erdős"),
        (r"Fran\c{c}ois \v{C}ech na\"{\i}ve", "François Čech naïve"),
        (r"\O stergaard \ss{} \aa\ \L{}ukasz", "Østergaard ß å\\ Łukasz"),
        (r"\cite{x} \beta \vec{x}", r"\cite{x} \beta \vec{x}"),
    ],
)
def test_accents_become_letters(tex: str, expected: str) -> None:
    assert unaccented(tex) == expected


def test_words_are_counted_without_numbers_and_single_letters() -> None:
    assert words_of("A 3D-model of x, Größe 5") == ["model", "of", "größe"]


def test_null_characters_of_a_source_are_no_marks_of_ours() -> None:
    assert plain_text("a \0" + "7" + "\0 b $x$") == "a 7 b $x$"
