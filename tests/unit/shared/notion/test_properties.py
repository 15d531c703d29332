"""Rows are read by the ids of their properties, and ratings by the ids of their options."""

from typing import Any

import pytest

from shared.errors import PermanentFailure
from shared.notion.properties import (
    Schema,
    missing_properties,
    rating_in,
    rating_value,
    row_of,
    schema_of,
    wanted_schema,
)
from tests.support.notion.workspace import OWNER, Workspace


def source() -> tuple[Workspace, str]:
    workspace = Workspace(lambda: 1_794_000_000.0)
    workspace.create_database(workspace.home, "papersys", wanted_schema())
    return workspace, next(iter(workspace.sources))


def test_a_new_database_has_all_that_is_needed() -> None:
    workspace, source_id = source()
    found = workspace.source(source_id)
    assert missing_properties(found["properties"]) == {}
    assert set(schema_of(found).options) == {"like", "dislike"}


def test_a_database_that_is_adopted_keeps_its_own_title_and_gets_what_it_lacks() -> None:
    properties = {"Name": {"id": "title", "type": "title"}, "Tags": {"id": "a", "type": "multi_select"}}
    missing = missing_properties(properties)
    assert "Title" not in missing
    assert "Tags" not in missing
    assert missing["Paper ID"] == {"rich_text": {}}


def test_a_name_that_is_taken_by_another_type_is_said() -> None:
    with pytest.raises(PermanentFailure, match="Rating is a number, not a select"):
        missing_properties({"Rating": {"id": "a", "type": "number"}})


def test_ids_known_from_before_go_before_names() -> None:
    workspace, source_id = source()
    known = schema_of(workspace.source(source_id))
    workspace.rename(source_id, "Rating", "Wertung")
    assert schema_of(workspace.source(source_id), known) == known
    with pytest.raises(PermanentFailure, match="no property Rating"):
        schema_of(workspace.source(source_id))


def schema() -> Schema:
    return Schema(data_source="s", ids={"rating": "r", "paper_id": "p"}, options={"like": "o1", "dislike": "o2"})


@pytest.mark.parametrize(
    ("option", "rating"),
    [
        ({"id": "o1", "name": "Gefällt mir"}, "like"),
        ({"id": "o2", "name": "Dislike"}, "dislike"),
        ({"id": "o9", "name": " like "}, "like"),
        ({"id": "o9", "name": "Later"}, ""),
        (None, ""),
    ],
)
def test_a_rating_is_read_by_its_options_id_else_by_its_name(option: Any, rating: str) -> None:
    assert rating_in({"select": option}, schema()) == rating


def test_a_rating_is_written_by_id_where_it_is_known() -> None:
    assert rating_value("like", schema()) == {"select": {"id": "o1"}}
    assert rating_value("like", schema().model_copy(update={"options": {}})) == {"select": {"name": "Like"}}
    assert rating_value("", schema()) == {"select": None}


def test_a_page_without_a_papers_id_is_no_row() -> None:
    workspace, source_id = source()
    known = schema_of(workspace.source(source_id))
    page = workspace.create_page(source_id, {}, [])
    assert row_of(workspace.shown(page), known) is None
    text = [{"type": "text", "text": {"content": " arXiv:2611.00101v2 "}}]
    workspace.update_page(page, {"Paper ID": {"rich_text": text}}, OWNER)
    row = row_of(workspace.shown(page), known)
    assert row is not None
    assert (row.paper_id, row.rating, row.edited_by, row.edited_at.second) == ("2611.00101", "", OWNER, 0)
