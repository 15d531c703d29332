"""TeX among the words of titles and abstracts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text.tex.words import in_words


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"B\'ezier, Schr\"odinger, {\"o}l, na\"{\i}ve, F\`ux\`i", "Bézier, Schrödinger, öl, naïve, Fùxì"),
        (r"Erd\H{o}s, Bj{\o}ntegaard, Bokm{\aa}l, Do\~nana", "Erdős, Bjøntegaard, Bokmål, Doñana"),
        (r"360{\deg}, 10 {\mu}m, 0.60 \pm 0.05, {\Delta}FosB", "360°, 10 μm, 0.60 ± 0.05, ΔFosB"),
        (r"\textbf{\textit{Omni}-x}, {\em so}, \underline{Fed}erated", "Omni-x, so, Federated"),
        (
            r"\href{https://a.b}{our page}, \url{https://c.d/e_f}, \href{https://g.h}{}",
            "our page, https://c.d/e_f, https://g.h",
        ),
        (
            r"benchmark~\cite{yang2022}. Field\footnote{https://a.b}, PM\textsuperscript{4}",
            "benchmark. Field (https://a.b), PM⁴",
        ),
        (r"(\eg, averages), \ie, i.i.d.\ samples", "(e.g., averages), i.e., i.i.d. samples"),
        (r"\ours{} and \METHOD~(Mod), C:\new, ~10%", r"\ours{} and \METHOD~(Mod), C:\new, ~10%"),
        (r"$\textbf{x}$, \(\mu\), \textbf{$x^2$ and y}, \$5, 5\%", r"$\textbf{x}$, \(\mu\), $x^2$ and y, \$5, 5\%"),
        (r"\textcolor{red}{https://a.b}, {\LaTeX}ML", "https://a.b, LaTeXML"),
        (r"\emph{\ie} \textbf{\'e} \emph{{\o}}, mAP\textsubscript{50}", "i.e. é ø, mAP₅₀"),
        (r"\emph{So} $5-$10 or $4 per test, 10$\times$ less", r"So $5-$10 or $4 per test, 10$\times$ less"),
    ],
)
def test_tex_among_words_is_read(tex: str, text: str) -> None:
    assert in_words(tex) == text


@given(st.text(alphabet="\\{}$~'\"aeHo 1%\x00") | st.text())
def test_no_text_is_too_odd(text: str) -> None:
    assert isinstance(in_words(text), str)
    if "\\" not in text:
        assert in_words(text) == text
