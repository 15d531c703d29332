"""Ids as they are typed, and titles as they are shown."""

import pytest
import typer

from shared.command_line.papers import paper_id_of, titles_of


@pytest.mark.parametrize("text", ["2403.12345", "arXiv:2403.12345v2", "https://arxiv.org/abs/2403.12345"])
def test_an_id_is_taken_in_any_spelling(text: str) -> None:
    assert paper_id_of(text) == "2403.12345"


def test_what_is_no_id_is_wrong_use() -> None:
    with pytest.raises(typer.BadParameter, match=r"2410\.1285"):
        paper_id_of("2410.1285")


def test_no_papers_have_no_titles_and_need_no_settings() -> None:
    assert titles_of([]) == {}
