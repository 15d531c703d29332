import pytest

from services.fetcher.documents.formulas.katex_commands import known_commands, with_known_commands


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\frac{a}{b}", r"\frac{a}{b}"),
        (r"\mathds{1} \la x", r"\mathbb{1} \lesssim x"),
        (r"\sp2 \sb{i}", "^2 _{i}"),
        (r"a\label{x}b", "a b"),
        (r"\mydist x", r"\operatorname{mydist} x"),
        (r"\foo{x}", " {x}"),
        (r"\my@cmd x", "  x"),
        (r"\operatorname*{max} \alpha*", r"\operatorname*{max} \alpha*"),
    ],
)
def test_a_command_that_katex_does_not_know_is_renamed_dropped_or_an_operator(tex: str, expected: str) -> None:
    assert with_known_commands(tex) == expected


def test_the_list_of_commands_names_what_katex_renders() -> None:
    assert {"frac", "mathbb", "operatorname"} <= known_commands()
    assert "label" not in known_commands()
