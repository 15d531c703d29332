import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.documents.structure.listings import Listings, without_comments


def back_and_forth(tex: str) -> str:
    listings = Listings()
    return listings.restore(listings.extract_from(tex))


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"see \verb|\end{document}| there", r"see `\end{document}` there"),
        (r"see \verb*+a`b+ there", "see ``a`b`` there"),
        (r"\verb!50% of! x % gone", "`50% of` x \n"),
        (r"% \verb|gone" "\nkept \\verb|b|", "kept `b`"),
        (r"\lstinline[language=C]{int x} and \mintinline{python}|a % b|", "`int x` and `a % b`"),
        (r"{\tt\string\cite\string{a\string}}", r"{\tt`\cite``{`a`}`}"),
        (r"\url|http://a.b/%20| end", "`http://a.b/%20` end"),
        (r"\newcommand{\code}[1]{\lstinline{#1}}", r"\newcommand{\code}[1]{\lstinline{#1}}"),
        (r"\DefineShortVerb{\|} use |\maketitle| now", "\\DefineShortVerb{\\|} use `\\maketitle` now"),
    ],
)
def test_code_in_a_line_comes_back_as_code(tex: str, expected: str) -> None:
    assert back_and_forth(tex) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("\\begin{verbatim}\n\\section{x} % y\n  z\n\\end{verbatim}", "~~~\n\\section{x} % y\n  z\n~~~"),
        ("\\begin{lstlisting}[language=Python, caption={a}]\nx\n\\end{lstlisting}", "~~~ python\nx\n~~~"),
        ("\\begin{minted}[linenos]{c++}\nint x;\n\\end{minted}", "~~~ c++\nint x;\n~~~"),
        ("\\begin{verbatim}\n~~~\n\\end{verbatim}", "~~~~\n~~~\n~~~~"),
        ("\\begin{Sinput}\n> x[1]\n\\end{Sinput}", "~~~\n> x[1]\n~~~"),
    ],
)
def test_a_listing_comes_back_as_a_fenced_block(tex: str, expected: str) -> None:
    assert back_and_forth(tex).strip() == expected


def test_a_listing_by_a_name_of_the_papers_own_is_one() -> None:
    tex = "\\lstnewenvironment{haskell}{}{}\n\\begin{haskell}\na $ b\n\\end{haskell}"
    assert "~~~\na $ b\n~~~" in back_and_forth(tex)


def test_a_listing_in_a_list_keeps_its_indentation() -> None:
    listings = Listings()
    mark = listings.extract_from("\\begin{verbatim}\na\nb\n\\end{verbatim}").strip()
    assert (
        listings.restore(f"- one\n\n  {mark}\n\n- {mark}\n")
        == "- one\n\n  ~~~\n  a\n  b\n  ~~~\n\n- ~~~\n  a\n  b\n  ~~~\n"
    )


def test_a_listing_that_is_commented_out_is_gone() -> None:
    assert back_and_forth("a\n% \\begin{verbatim}\n% x\n% \\end{verbatim}\nb").split() == ["a", "b"]


def test_code_in_a_formula_is_typewriter_text() -> None:
    listings = Listings()
    assert listings.in_formula(listings.extract_from(r"$x \text{\verb|a_b|}$")) == r"$x \text{\texttt{a\_b}}$"


def test_a_comment_takes_the_end_of_its_line() -> None:
    assert without_comments("50\\% of \\verb|%x|\nfoo%\n  bar\n% gone\n\nnext\\\\% note\nend") == (
        "50\\% of \\verb|%x|\nfoobar\n\nnext\\\\end"
    )


@given(
    st.lists(
        st.sampled_from(("\\verb|", "|", "%", "\n", "\\begin{verbatim}", "\\end{verbatim}", "`", "\ue100", "x", "\\\\"))
    )
)
def test_no_mark_is_left(parts: list[str]) -> None:
    assert "\ue100" not in back_and_forth("".join(parts))


@pytest.mark.parametrize("command", [r"\href{https://a.b/c%20d}{a link}", r"\url{https://a.b/c%20d}"])
def test_a_per_cent_sign_in_an_address_starts_no_comment(command: str) -> None:
    tex = f"See {command} and more. % but this is one\nEnd."
    expected = tex.replace("c%20d", r"c\%20d").replace("% but this is one\n", "")
    assert Listings().extract_from(tex) == expected
    assert without_comments(tex) == expected
