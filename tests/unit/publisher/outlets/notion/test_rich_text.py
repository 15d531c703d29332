"""Texts become rich text within Notion's limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.publisher.outlets.notion.rich_text import at_most, claim_text, option_names, rich_text, signature
from tests.support.notion.limits import check_options, check_rich_text
from tests.support.notion.workspace import shown_text


def words(text: str) -> str:
    return "".join(item["plain_text"] for item in shown_text(rich_text(text)))


def test_formulas_are_equations() -> None:
    items = rich_text("Needs $O(\\log n)$ rounds")
    assert [item["type"] for item in items] == ["text", "equation", "text"]
    assert items[1]["equation"]["expression"] == "O(\\log n)"


def test_a_formula_that_is_too_long_for_an_equation_stays_text() -> None:
    assert [item["type"] for item in rich_text(f"${'x' * 1_001}$")] == ["text"]


def test_markdown_of_a_claim_becomes_styles() -> None:
    items = claim_text("They count **walks of $k$** by `sum` and [x](javascript:alert(1))")
    styled = [(item.get("annotations", {}), item["type"]) for item in items]
    assert styled[1:3] == [({"bold": True}, "text"), ({"bold": True}, "equation")]
    assert ({"code": True}, "text") in styled
    assert "link" not in str(items)


@given(st.text(max_size=200))
def test_any_claim_is_taken_and_looks_the_same_when_it_comes_back(text: str) -> None:
    items = claim_text(text)
    check_rich_text(at_most(items), "rich_text")
    assert signature(items) == signature(shown_text(items))


@pytest.mark.parametrize("text", ["x" * 4_001, "\U0001f600" * 1_500, "a" + "\U0001f600" * 1_000])
def test_long_texts_are_cut_where_notion_counts_and_nothing_is_lost(text: str) -> None:
    check_rich_text(rich_text(text), "rich_text")
    assert words(text) == text


@given(st.text(max_size=300))
def test_any_text_is_taken_and_looks_the_same_when_it_comes_back(text: str) -> None:
    items = rich_text(text)
    check_rich_text(at_most(items), "rich_text")
    assert signature(items) == signature(shown_text(items))


@given(st.lists(st.text(max_size=130), max_size=120))
def test_any_tags_are_options_that_notion_takes(names: list[str]) -> None:
    options = [{"name": name} for name in option_names(names)]
    check_options(options, "multi_select")


def test_a_tag_keeps_its_words_without_commas() -> None:
    assert option_names(["Data analysis, statistics", "Planets", "planets", " "]) == [
        "Data analysis; statistics",
        "Planets",
    ]


def test_a_text_with_too_many_parts_says_that_it_goes_on() -> None:
    items = at_most(rich_text(" ".join(f"a ${n}x$" for n in range(200))))
    assert len(items) == 100
    assert items[-1]["text"]["content"] == " …"
