import pytest

from services.fetcher.documents.tex.scan import (
    Argument,
    command_argument,
    read_group,
    read_option,
    read_token_or_group,
    replace_command,
    without_environments,
    without_false_parts,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [(" {a{b}c}d", Argument("a{b}c", 8)), (r"{a\}b}", Argument(r"a\}b", 6)), ("{a", None), ("x", None)],
)
def test_a_group_ends_with_its_own_brace(text: str, expected: Argument | None) -> None:
    assert read_group(text, 0) == expected


def test_a_bracket_within_a_group_does_not_end_an_option() -> None:
    assert read_option("[a{]}b]c", 0) == Argument("a{]}b", 7)
    assert read_option("{a}", 0) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [(r"\frac x", Argument(r"\frac", 5)), (" ab", Argument("a", 2)), ("\n\nx", None), ("}", None)],
)
def test_an_argument_is_a_group_a_command_or_a_character(text: str, expected: Argument | None) -> None:
    assert read_token_or_group(text, 0) == expected


def test_a_command_is_replaced_where_all_its_arguments_are_there() -> None:
    replaced = replace_command(
        r"\foo{a}{b}\foox\foo{c}", "foo", 2, lambda arguments: f"<{arguments[0]}|{arguments[1]}>"
    )
    assert replaced == r"<a|b>\foox\foo{c}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [(r"a\iffalse b\ifx c\fi d\else e\fi f\if0 g\fi h", "a e f h"), (r"a\iffalse b", "a b")],
)
def test_false_parts_go_and_their_else_stays(text: str, expected: str) -> None:
    assert without_false_parts(text) == expected


def test_environments_go_whole_and_one_that_never_ends_stays() -> None:
    assert without_environments(r"a\begin{x}b\end{x}c\begin{x}d", ("x",)) == r"ac\begin{x}d"


def test_the_argument_of_a_command_is_found_behind_its_option() -> None:
    assert command_argument(r"\title[s]{T}", "title") == Argument("T", 12)
    assert command_argument("a", "title") is None
