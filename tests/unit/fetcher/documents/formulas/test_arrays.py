import pytest

from services.fetcher.documents.formulas.arrays import columns_of, with_arrays, with_known_environments


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\cases{a & if $x$\cr b & else\cr}", r"\begin{cases}a & \text{if $x$}\\ b & \text{else}\end{cases}"),
        (r"\pmatrix{a&b\cr c&d}", r"\begin{pmatrix}a&b\\ c&d\end{pmatrix}"),
        (r"\eqalign{a &= b \cr c &= d \cr}", r"\begin{aligned}a &= b \\ c &= d \end{aligned}"),
        (r"\eqalignno{a&=b&(1)\cr}", r"\begin{aligned}a&=b\qquad (1)\end{aligned}"),
        (r"\matrix x", r"\matrix x"),
    ],
)
def test_alignments_of_plain_tex_become_environments(tex: str, expected: str) -> None:
    assert with_arrays(tex) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\begin{eqnarray}a&=&b\end{eqnarray}", r"\begin{aligned}a&=&b\end{aligned}"),
        (r"\begin{align*}a\end{align*}", r"\begin{aligned}a\end{aligned}"),
        (r"\begin{array}[t]{@{}l*{2}{c}p{3cm}}a\end{array}", r"\begin{array}{lccl}a\end{array}"),
        (r"\begin{tabular*}{5cm}{ll}a\end{tabular*}", r"\begin{array}{ll}a\end{array}"),
        (r"\begin{IEEEeqnarray}{rCl}a\end{IEEEeqnarray}", r"\begin{aligned}a\end{aligned}"),
        (r"\begin{widget}a\end{widget}", "a"),
        (r"\begin{array}a\end{array}", r"\begin{array}{cccccccccccc}a\end{array}"),
    ],
)
def test_environments_are_those_that_katex_knows(tex: str, expected: str) -> None:
    assert with_known_environments(tex) == expected


@pytest.mark.parametrize(
    ("declared", "expected"),
    [("@{}l*{3}{c}p{3cm}|", "lcccl|"), (">{$}C<{$}R", "cr"), ("", "l"), ("*{99}{*{99}{c}}", "c" * 200)],
)
def test_columns_are_plain_and_not_without_end(declared: str, expected: str) -> None:
    assert columns_of(declared) == expected
