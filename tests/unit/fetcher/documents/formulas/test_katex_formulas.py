import pytest

from services.fetcher.documents.formulas.katex_formulas import ready_formula


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("a   b", "a b"),
        ("50% of #1", r"50\% of \#1"),
        (r"\mbox{if $x$ is_a}", r"\text{if $x$ is\_a}"),
        ("x^a^b", "x^a{}^b"),
        (r"\vec\mathbf{x}", r"\vec{\mathbf{x}}"),
        (r"\root 3 \of x", r"\sqrt[3] x"),
        (r"\SI{3}{\metre}", r"3\,\mathrm{m}"),
        (r"\hskip 3pt x", r"\ x"),
        (r"x \eqref{a_b}", r"x \text{(a b)}"),
    ],
)
def test_an_inline_formula_is_changed_only_where_katex_would_refuse_it(tex: str, expected: str) -> None:
    assert ready_formula(tex, is_display=False) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("a\n\n\nb", "a\nb"),
        (r"a & b \\ c & d", r"\begin{aligned}a & b \\ c & d\end{aligned}"),
        (r"a \eqno(1)", r"a \qquad (1)"),
        (r"\xymatrix{A \ar[r]^f & B}", r"\begin{matrix}A   & B\end{matrix}"),
    ],
)
def test_a_displayed_formula_keeps_its_lines_and_stands_by_itself(tex: str, expected: str) -> None:
    assert ready_formula(tex, is_display=True) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [(r"\left( a", r"\left( a\right."), (r"a \right)", r"\left.a \right)"), ("{a", "{a}"), ("a}", "a")],
)
def test_what_opens_closes(tex: str, expected: str) -> None:
    assert ready_formula(tex, is_display=True) == expected


def test_a_formula_of_absurd_length_is_left_alone() -> None:
    tex = "{" * 60_001
    assert ready_formula(tex, is_display=True) == tex
