import pytest

from services.fetcher.documents.formulas.whole_formulas import with_whole_formulas


@pytest.mark.parametrize(
    ("tex", "whole"),
    [
        ("It costs $ 5 for everything here.\n\nAnd $y$.", "It costs \\$ 5 for everything here.\n\nAnd $y$."),
        ("So $x=3\n\nand the words go on, $y$.", "So $x=3$\n\nand the words go on, $y$."),
        ("In \\emph{$x} and $y$", "In \\emph{$x$} and $y$"),
        ("None $ $ or $$ here", "None   or  here"),
        ("Price \\$5, $a_{\\text{if $b$ is}}$", "Price \\$5, $a_{\\text{if $b$ is}}$"),
        ("$a\\\\[2pt] b$ then $c$", "$a\\\\[2pt] b$ then $c$"),
        ("$x \\section{New} more words that follow $y$", "$x$\\section{New} more words that follow $y$"),
    ],
)
def test_a_dollar_without_a_partner_takes_no_other_formula_along(tex: str, whole: str) -> None:
    assert with_whole_formulas(tex) == whole


@pytest.mark.proof
def test_of_many_lonely_dollars_nothing_is_lost() -> None:
    assert with_whole_formulas("$ {" * 200_000).count("{") == 200_000
