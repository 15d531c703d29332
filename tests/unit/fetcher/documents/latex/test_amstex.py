from services.fetcher.documents.latex import amstex


def test_amstex_is_said_in_latex() -> None:
    text = amstex.to_latex(
        r"\topmatter\title A B\endtitle\abstract Words.\endabstract\endtopmatter\define\R{\Bbb R}"
        r"$$\align a&=b\\c&=d\endalign$$ $\pmatrix a\endpmatrix$ \roster\item\"x\" one\item two\endroster".replace(
            '\\"', '"'
        )
    )
    for words in (r"\title{A B}", r"\begin{abstract} Words.\end{abstract}", r"\def\R",
                  r"\begin{aligned} a&=b\\c&=d\end{aligned}",
                  r"\begin{pmatrix} a\end{pmatrix}", r"\begin{itemize}\item x  one\item two\end{itemize}"):  # fmt: skip
        assert words in text


def test_the_references_of_amstex_are_entries() -> None:
    body, listed = amstex.split_references(
        r"Text. \Refs\ref\key 1\by A. Bee\paper Things\yr 1990\endref\ref\no 2\by C\endref\endRefs End."
    )
    assert body.split() == ["Text.", "End."]
    assert listed.count("\\bibitem") == 2
    assert "A. Bee" in listed
