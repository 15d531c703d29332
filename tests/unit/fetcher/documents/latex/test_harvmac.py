import pytest

from services.fetcher.documents.latex import harvmac
from services.fetcher.documents.macros.expansion import Expander


@pytest.mark.parametrize(
    ("text", "expected"), [(r"\input harvmac", True), (r"\newsec{A}", True), (r"\section{A}", False)]
)
def test_harvmac_is_recognised(text: str, expected: bool) -> None:
    assert harvmac.is_used_in(text) is expected


def test_its_references_become_a_bibliography() -> None:
    body, bibliography = harvmac.split_references(r"As \lref\wit{E. Witten, {\it A}.} says \refs{\wit} end")
    assert body == r"As  says \refs{ } end"
    assert bibliography == "\\begin{thebibliography}{9}\n\\bibitem{wit} E. Witten, {\\it A}."
    assert harvmac.split_references("none") == ("none", "")


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\newsec{Introduction}", r"\section{Introduction}"),
        (r"\eqn\first{x = y}", "$$x = y$$"),
        (r"a\foot{note}", r"a\footnote{note}"),
        (r"\Title{HUTP}{Strings}", r"\title{Strings}"),
    ],
)
def test_its_commands_have_latex_counterparts(tex: str, expected: str) -> None:
    assert Expander(harvmac.COMMANDS).expand(tex) == expected
