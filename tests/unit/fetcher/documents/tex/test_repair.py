import pytest

from services.fetcher.documents.tex.repair import balanced


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("a } b", "a  b"),
        ("{a", "a"),
        (r"\begin{x}a", "a"),
        (r"a\end{x}", "a"),
        (r"\begin{x}{a\end{x}", r"\begin{x}a\end{x}"),
        (r"\begin{a}\begin{b}\end{a}\end{b}", r"\begin{a}\end{a}"),
        (r"\{ a", r"\{ a"),
        (r"\begin{x}a\end{x}{b}", r"\begin{x}a\end{x}{b}"),
    ],
)
def test_marks_without_a_partner_go_and_the_others_stay(tex: str, expected: str) -> None:
    assert balanced(tex) == expected
