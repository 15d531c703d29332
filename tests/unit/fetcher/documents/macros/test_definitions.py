import pytest

from services.fetcher.documents.macros.definitions import (
    NO_VALUE,
    Definition,
    filled,
    read_arguments,
    read_definition,
    read_environment,
    read_let,
    simple,
)


@pytest.mark.parametrize(
    ("text", "kind", "name", "definition"),
    [
        (r"{\R}{\mathbb{R}}", "newcommand", "R", simple(r"\mathbb{R}")),
        (r"\E[2][x]{#1 #2}", "newcommand", "E", Definition(("o", "m"), ("x", ""), "#1 #2")),
        (r"\a\b", "newcommand", "a", simple(r"\b")),
        (r"\pair(#1,#2){#2}", "def", "pair", Definition(("d", "d"), (",", ")"), "#2", "(")),
        (r"{\tr}{tr}", "DeclareMathOperator", "tr", simple(r"\operatorname{tr}")),
        (r"{\set}{\{}{\}}", "DeclarePairedDelimiter", "set",
         Definition(("s", "o", "m"), ("", "", ""), r"\left\{ #3 \right\}")),
        (r"\g{s O{x} m}{#3}", "NewDocumentCommand", "g", Definition(("s", "o", "m"), ("", "x", ""), "#3")),
    ],
)  # fmt: skip
def test_definitions_of_any_kind_have_one_form(text: str, kind: str, name: str, definition: Definition) -> None:
    assert read_definition(text, kind, 0) == (name, definition, len(text))


@pytest.mark.parametrize(("text", "kind"), [(r"{\open}{never", "newcommand"), ("x", "def")])
def test_what_is_not_understood_is_none(text: str, kind: str) -> None:
    assert read_definition(text, kind, 0) is None


def test_an_environment_has_a_beginning_and_an_end() -> None:
    assert read_environment("{e}[1]{begin #1}{end}rest", 0) == ("e", simple("begin #1", 1), "end", 21)
    assert read_environment("{e}{a}", 0) is None


def test_let_names_a_new_command_and_an_old_token() -> None:
    assert read_let(r"\a=\b c", 0) == ("a", r"\b", 5)
    assert read_let(r"\a", 0) is None


@pytest.mark.parametrize(
    ("text", "definition", "arguments"),
    [
        ("(one,two) x", Definition(("d", "d"), (",", ")"), "", "("), (["one", "two"], 9)),
        ("[x", Definition(("d", "d"), (",", ")"), "", "("), None),
        ("*[p]{x}y", Definition(("s", "o", "m"), ("", "", ""), ""), (["*", "p", "x"], 7)),
        ("{x}", Definition(("o", "m"), ("default", ""), ""), (["default", "x"], 3)),
    ],
)
def test_arguments_are_read_as_they_are_declared(
    text: str, definition: Definition, arguments: tuple[list[str], int] | None
) -> None:
    assert read_arguments(text, 0, definition) == arguments


@pytest.mark.parametrize(
    ("body", "arguments", "expected"),
    [
        (r"\lvert#1\rvert", ["a"], r"\lvert a\rvert"),
        ("#1 ##2", ["a"], "a #2"),
        ("#3", ["a"], ""),
        (r"\IfNoValueTF{#1}{none}{#1}", [NO_VALUE], "none"),
        (r"\IfBooleanTF{#1}{star}{}", ["*"], "star"),
    ],
)
def test_a_body_is_filled_with_its_arguments(body: str, arguments: list[str], expected: str) -> None:
    assert filled(body, arguments) == expected
