import pytest

from services.fetcher.documents.structure.theorems import Declared, read_theorem, theorems_for


@pytest.mark.parametrize(
    ("command", "text", "line"),
    [
        ("newtheorem", r"{thm}{Theorem}[section]", r"\newtheorem{thm}{Theorem}"),
        ("newtheorem", r"*{rem}{Remark}", r"\newtheorem{rem}{Remark}"),
        ("newtheorem", r"{cor}[thm]{Corollary}", r"\newtheorem{cor}{Corollary}"),
        ("newtheorem", r"{t}{\bf My \textbf{T}}", r"\newtheorem{t}{My T}"),
        ("spnewtheorem", r"{t}{T}{\bf}{\it}", r"\newtheorem{t}{T}"),
        ("declaretheorem", "[name=Lemma,style=a]{lem}", r"\newtheorem{lem}{Lemma}"),
        ("declaretheorem", "{claim}", r"\newtheorem{claim}{Claim}"),
    ],
)
def test_any_declaration_becomes_latexs_own(command: str, text: str, line: str) -> None:
    assert read_theorem(f"{text}x", command, 0) == Declared((line,), len(text))


def test_an_odd_name_is_passed_over_and_half_a_declaration_is_none() -> None:
    assert read_theorem(r"{\odd}{T}x", "newtheorem", 0) == Declared((), 9)
    assert read_theorem("{a}", "newtheorem", 0) is None


def test_only_theorems_in_use_are_declared_also_those_of_the_class() -> None:
    body = r"\begin{thm}a\end{thm}\begin{lemma}b\end{lemma}\begin{figure}"
    declared = [r"\newtheorem{thm}{Satz}", r"\newtheorem{unused}{U}"]
    assert theorems_for(body, declared) == (r"\newtheorem{thm}{Satz}", r"\newtheorem{lemma}{Lemma}")
