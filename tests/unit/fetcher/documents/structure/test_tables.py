import pytest

from services.fetcher.documents.structure.tables import plain_columns, with_plain_tables


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("@{}l*{3}{c}p{3cm}|", "lcccl"),
        ("!{\\hspace*{0.5cm}} >{ \\hangindent=1em} p{3cm} d{3.3} @{\\hspace*{1cm}} S[table-format=2.1]", "lrr"),
        ("|X|Y|m{2cm}|D..{2}", "lllr"),
        ("*{2}{>{$}c<{$}}", "cc"),
        ("", ""),
    ],
)
def test_columns_are_left_centred_or_right(said: str, expected: str) -> None:
    assert plain_columns(said) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\begin{tabular*}{0.8\textwidth}{@{\extracolsep{\fill}}cc}a&b\end{tabular*}",
         r"\begin{tabular}{cc}a&b\end{tabular}"),
        (r"\begin{tabularx}{\linewidth}[t]{lX}\toprule a&b\\\midrule[1pt] c&d\end{tabularx}",
         r"\begin{tabular}{ll}a&b\\c&d\end{tabular}"),
        (r"\begin{tabular}{cc}\hline\rule{0pt}{2.0ex}\multirow{2}{*}{(A)} & \strut 1\end{tabular}",
         r"\begin{tabular}{cc}\multirow{2}{*}{(A)} & 1\end{tabular}"),
        (r"\begin{tabu} to \linewidth {XX}a&b\end{tabu}", r"\begin{tabular}{ll}a&b\end{tabular}"),
        (r"\begin{tblr}{colspec={lcr},hlines}a&b&c\end{tblr}", r"\begin{tabular}{lcr}a&b&c\end{tabular}"),
        (r"\begin{tabular}{c}\br a\\\mr b\cmidrule(lr){1-2}\cline{1-2}\rowcolor[gray]{.9}\end{tabular}",
         r"\begin{tabular}{c}a\\b\end{tabular}"),
        (r"\begin{tabular}{c|d{2}}\multicolumn{1}{c}{A}&\multicolumn{2}{c|}{B}\end{tabular}",
         r"\begin{tabular}{cr}A&\multicolumn{2}{c}{B}\end{tabular}"),
        (r"\begin{tabular}{l}\begin{tabular}{@{}c@{}}in\\side\end{tabular}\end{tabular}",
         r"\begin{tabular}{l}{in side}\end{tabular}"),
        (r"\begin{tabular}{cc}\makecell[l]{Params\\(M)}&\shortstack{Time\\[2pt](\textbf{s})}\end{tabular}",
         r"\begin{tabular}{cc}{Params (M)}&{Time (\textbf{s})}\end{tabular}"),
        (r"\begin{tabular}{cc}\tabincell{c}{A\\B}&\makecell{1\\\thead{2\\3}\end{tabular}",
         r"\begin{tabular}{cc}{A B}&\makecell{1\\{2 3}\end{tabular}"),
        (r"\begin{tabular}{cc}\begin{tabular}{lc}a&1\end{tabular}&\hspace{2pt}\begin{tabular}{lc}b&2\end{tabular}\end{tabular}",
         r"\begin{tabular}{lc}a&1\end{tabular}" "\n\n" r"\begin{tabular}{lc}b&2\end{tabular}"),
        (r"\begin{tabular}{cc}\diagbox[width=3em]{Train}{Test}&\slashbox{A\end{tabular}",
         r"\begin{tabular}{cc}{Train / Test}&{A\end{tabular}"),
        (r"\begin{tabular}{ll} never closed", r"\begin{tabular}{ll}neverclosed"),
    ],
)  # fmt: skip
def test_a_table_is_plain_whatever_sets_it(tex: str, expected: str) -> None:
    assert with_plain_tables(tex).replace(" ", "") == expected.replace(" ", "")
