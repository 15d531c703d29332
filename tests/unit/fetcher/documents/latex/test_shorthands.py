import pytest

from services.fetcher.documents.latex.shorthands import with_shorthands_expanded

GERMAN = "\\usepackage[ngerman]{babel}\\begin{document}"


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (GERMAN + 'Stra"se "uber "`so"\' $a"b$ \\"a', GERMAN + 'Straße über „so“ $a"b$ \\"a'),
        ('"a in English', '"a in English'),
        (r"\expandafter\newcommand\csname foo\endcsname{x}\csname foo\endcsname.", r"\newcommand\foo{x}\foo ."),
        (r"\csname a\b\endcsname", r"\csname a\b\endcsname"),
    ],
)
def test_shorthands_and_names_that_are_put_together_are_spelt_out(tex: str, expected: str) -> None:
    assert with_shorthands_expanded(tex) == expected
