import pytest

from services.fetcher.documents.macros.preamble import expand_aliases, expand_environment_shorthands, read_macros


@pytest.mark.parametrize(
    ("tex", "names"),
    [
        (r"\newcommand{\R}{\mathbb{R}}", ["R"]),
        (r"\newcommand\set[2][x]{\{#1,#2\}} \renewcommand*{\phi}{\varphi}", ["set", "phi"]),
        (r"\def\be{\begin{equation}} \gdef\a#1#2{#1}", ["be", "a"]),
        (r"\DeclareMathOperator{\tr}{tr} \newtheorem{thm}{Theorem}[section]", ["tr", "thm"]),
        (r"\newenvironment{proof}{\textbf{Proof}}{\qed}", ["proof"]),
        (r"\newcommand{\x}{\x y} \def\section{no} \newcommand{\open}{never closed", []),
        (r"\newcommand{\a}{1}\newcommand{\b}{2}\renewcommand{\a}{3}", ["b", "a"]),
        (r"\title{T} \usepackage{x} \setlength{\a}{1pt}", []),
    ],
)
def test_whole_definitions_are_picked_out_of_a_preamble(tex: str, names: list[str]) -> None:
    assert [macro.name for macro in read_macros(tex)] == names


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\newcommand{\R}{\mathbb{R}}", True),
        (r"\def\a{\ifx\b\c d\fi}", False),
        (r"\def\@x{y}", False),
        (r"\let\eps\varepsilon", False),
    ],
)
def test_definitions_that_confuse_converters_are_not_safe(tex: str, expected: bool) -> None:
    (macro,) = read_macros(tex)
    assert macro.is_safe is expected


def test_shorthands_for_environments_are_spelt_out() -> None:
    macros = read_macros(r"\def\be{\begin{equation}}\newcommand{\ee}{\end{equation}}\newcommand{\R}{R}")
    expanded = expand_environment_shorthands(r"\be x \ee \R \bear", macros)
    assert expanded == r"\begin{equation}  x \end{equation}  \R \bear"


def test_an_alias_of_newcommand_is_spelt_out() -> None:
    tex = expand_aliases(r"\newcommand{\nc}{\newcommand} \nc{\R}{\mathbb{R}} \ncx")
    assert [macro.name for macro in read_macros(tex)] == ["R"]
    assert "\\ncx" in tex
