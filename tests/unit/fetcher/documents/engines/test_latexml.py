import re

import pytest

from services.fetcher.documents.engines import latexml


@pytest.mark.parametrize(
    "tex",
    [
        r"\input{/etc/passwd}",
        r"\csname inp\endcsname ut{x}",
        r"\lstinputlisting{/etc/passwd}",
        r"\^^69nput{/etc/passwd}",
        r"\InputIfFileExists{/etc/passwd}{}{}",
        r"\begin{input}{/etc/passwd}\end{input}",
        r"\begin { lstinputlisting } {/etc/passwd}",
    ],
)
def test_latexml_sees_nothing_that_opens_files(tex: str) -> None:
    seen = latexml.harmless(tex)
    assert re.search(r"\\(?:input|csname|lstinputlisting|InputIfFileExists|begin)|\^\^", seen) is None


def test_latexml_sees_ordinary_text_as_it_is() -> None:
    text = (
        r"\begin{align}a^2\end{align} \begin{proof}By \cite{x}.\end{proof} \textbf{input} \includes \definite \letter"
    )
    assert latexml.harmless(text) == text
