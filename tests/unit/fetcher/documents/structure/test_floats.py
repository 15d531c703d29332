import pytest

from services.fetcher.documents.structure.floats import with_captions


def test_a_caption_is_a_numbered_paragraph_and_kept_as_plain_text() -> None:
    body, captions = with_captions(
        r"\begin{figure}[ht]\includegraphics{a}\caption[s]{A \emph{cap} $x$.}\end{figure}"
        r"\begin{table*}\caption{T.}\begin{tabular}{l}a\end{tabular}\end{table*}"
    )
    assert body.split("\n\n")[1:] == [
        r"\textbf{Figure 1.} A \emph{cap} $x$.",
        "",
        r"\includegraphics{a}",
        "",
        r"\textbf{Table 1.} T.",
        "",
        r"\begin{tabular}{l}a\end{tabular}",
        "",
    ]
    assert [(caption.kind, caption.number, caption.text) for caption in captions] == [
        ("figure", 1, "A cap $x$."),
        ("table", 1, "T."),
    ]


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\begin{wrapfigure}[10]{r}[0pt]{0.4\textwidth}x\caption{W}\end{wrapfigure}", r"\textbf{Figure 1.} W x"),
        (r"\begin{figure}\captionsetup{x=y}\caption{C}\end{figure}", r"\textbf{Figure 1.} C"),
        (r"\begin{longtable}{ll}\caption{L}\\a&b\end{longtable}",
         r"\textbf{Table 1.} L \begin{longtable}{ll}\\a&b\end{longtable}"),
        (r"\begin{deluxetable}{lc}\tablehead{\colhead{A}&\colhead{B}}\startdata 1&2 \enddata\tablecomments{Note.}"
         r"\end{deluxetable}", r"\begin{tabular}{lc}{A}&{B} \\ \hline 1&2\end{tabular} {Note.}"),
        (r"a \caption{stray} b", r"a \par \textbf{Caption.} {stray} b"),
        (r"\begin{figure} never closed", "never closed"),
    ],
)  # fmt: skip
def test_the_rest_of_a_float_stays_where_a_reader_can_use_it(tex: str, expected: str) -> None:
    assert " ".join(with_captions(tex)[0].split()) == expected


def test_labels_and_pictures_go_to_their_captions() -> None:
    tex = (
        r"\begin{figure}\includegraphics[width=1cm]{a}\includegraphics{b.pdf}\caption{One}\label{fig:a}"
        r"\includegraphics*{c}\caption{Two \label{fig:b}}\end{figure}"
        r"\begin{figure}\caption{Three}\includegraphics{d}\label{fig:c}\end{figure}"
        r"\begin{table}\label{tab:t}\caption{T}\begin{tabular}{l}a\end{tabular}\end{table}"
    )
    _, captions = with_captions(tex)
    assert [(caption.labels, caption.files) for caption in captions] == [
        (("fig:a",), ("a", "b.pdf")),
        (("fig:b",), ("c",)),
        (("fig:c",), ("d",)),
        (("tab:t",), ()),
    ]
