import pytest

from services.fetcher.documents.structure.lists import with_plain_lists


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\begin{itemize}\item[(i)] a\item b\end{itemize}", r"\begin{itemize}\item {(i)}  a\item b\end{itemize}"),
        (r"\begin{description}\item[Name] a\end{description}", r"\begin{description}\item[Name] a\end{description}"),
        (r"\begin{compactenum}[(a)]\item a\end{compactenum}", r"\begin{enumerate}\item a\end{enumerate}"),
        (r"\begin{enumerate}[label=(\roman*)]\item a\end{enumerate}",
         r"\begin{enumerate}[label=(\roman*)]\item a\end{enumerate}"),
        (r"\begin{tablenotes}[flushleft]\item[a] n\end{tablenotes}", r"\begin{itemize}\item {a}  n\end{itemize}"),
        (r"\begin{itemize}\item a \begin{description}\item[x] y\end{description}\item[z] b\end{itemize}",
         r"\begin{itemize}\item a \begin{description}\item[x] y\end{description}\item {z}  b\end{itemize}"),
        (r"\item[x] outside", r"\item[x] outside"),
    ],
)  # fmt: skip
def test_labels_of_items_stay_and_lists_of_packages_are_lists(tex: str, expected: str) -> None:
    assert with_plain_lists(tex) == expected
