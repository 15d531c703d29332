"""The properties of a paper's row: their names and types, and what a row of Notion says by them.

A property that the owner renames is still found, because Notion's ids of properties stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from shared.errors import PermanentFailure
from shared.paper_ids import parse_paper_id

RowRating = Literal["", "like", "dislike"]
OPTIONS: Mapping[RowRating, str] = {"like": "Like", "dislike": "Dislike"}
TYPES: Mapping[str, tuple[str, str]] = {
    "title": ("Title", "title"),
    "authors": ("Authors", "rich_text"),
    "published": ("Published", "date"),
    "picked": ("Picked", "date"),
    "tags": ("Tags", "multi_select"),
    "score": ("Score", "number"),
    "link": ("Link", "url"),
    "rating": ("Rating", "select"),
    "paper_id": ("Paper ID", "rich_text"),
}
"""Name and type of each property, in the order in which a new database shows them."""


class Schema(BaseModel):
    """A data source, with Notion's id of each property and of each rating."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    data_source: str
    ids: dict[str, str]
    options: dict[str, str] = {}


@dataclass(frozen=True)
class Row:
    """What Notion says of a row. `edited_at` is the minute of its last change of any kind, rounded down; `made_by` and
    `edited_by` are ids of users of Notion, of which our connection is one.
    """

    page_id: str
    paper_id: str
    rating: RowRating
    created_at: datetime
    edited_at: datetime
    made_by: str = ""
    edited_by: str = ""


def wanted_schema() -> dict[str, Any]:
    """The properties of a new database, as Notion's API takes them."""
    return {name: {kind: _configuration(key)} for key, (name, kind) in TYPES.items()}


def missing_properties(properties: Mapping[str, Any]) -> dict[str, Any]:
    """What a database that is adopted lacks. Raises PermanentFailure where a name is taken by another type."""
    present = {name: found.get("type") for name, found in properties.items()}
    taken = [
        f"{name} is a {present[name]}, not a {kind}" for name, kind in TYPES.values() if present.get(name, kind) != kind
    ]
    if taken:
        raise PermanentFailure(f"The database cannot be used as it is: {'; '.join(taken)}. Rename these properties.")
    title = next((name for name, kind in present.items() if kind == "title"), None)
    missing = {name: {kind: _configuration(key)} for key, (name, kind) in TYPES.items() if name not in present}
    if title is not None:
        missing.pop(TYPES["title"][0], None)
    return missing


def schema_of(data_source: Mapping[str, Any], known: Schema | None = None) -> Schema:
    """The ids of a data source's properties: those known from before, else by name. Raises PermanentFailure."""
    properties = data_source.get("properties", {})
    by_id = {found["id"]: found for found in properties.values()}
    kept = {key: id_ for key, id_ in known.ids.items() if id_ in by_id} if known else {}
    ids = {key: kept.get(key) or _named(properties, key) for key in TYPES}
    lost = [TYPES[key][0] for key, id_ in ids.items() if not id_]
    if lost:
        raise PermanentFailure(
            f"The Notion database has no property {' and no '.join(lost)} of the type it needs. Where you renamed one, "
            "give it this name again; what you deleted, `papersys notion init --database ADDRESS` adds."
        )
    found = by_id[ids["rating"]].get("select", {}).get("options", [])
    return Schema(data_source=str(data_source["id"]), ids=ids, options=_option_ids(found, known))


def row_of(page: Mapping[str, Any], schema: Schema) -> Row | None:
    """A row; None for a page without the id of a paper, such as one that the owner added."""
    by_id = {found.get("id"): found for found in page.get("properties", {}).values()}
    paper_id = _paper_id(by_id.get(schema.ids["paper_id"], {}))
    if paper_id is None or page.get("in_trash") or page.get("archived"):
        return None
    created, edited = (datetime.fromisoformat(page[name]) for name in ("created_time", "last_edited_time"))
    rating = rating_in(by_id.get(schema.ids["rating"], {}), schema)
    made_by, edited_by = (str((page.get(name) or {}).get("id", "")) for name in ("created_by", "last_edited_by"))
    return Row(str(page["id"]), paper_id, rating, created, edited, made_by, edited_by)


def rating_in(found: Mapping[str, Any], schema: Schema) -> RowRating:
    """The rating that a select property shows; any option but ours is none."""
    option = found.get("select") or {}
    for rating, name in OPTIONS.items():
        is_ours = (
            schema.options.get(rating) == option.get("id") if option.get("id") in schema.options.values() else None
        )
        if is_ours or (is_ours is None and str(option.get("name", "")).strip().casefold() == name.casefold()):
            return rating
    return ""


def rating_value(rating: RowRating, schema: Schema) -> dict[str, Any]:
    """A rating as Notion's API takes it."""
    if not rating:
        return {"select": None}
    option = schema.options.get(rating)
    return {"select": {"id": option} if option else {"name": OPTIONS[rating]}}


def _configuration(key: str) -> dict[str, Any]:
    if key != "rating":
        return {}
    colours = {"like": "green", "dislike": "red"}
    return {"options": [{"name": name, "color": colours[rating]} for rating, name in OPTIONS.items()]}


def _named(properties: Mapping[str, Any], key: str) -> str:
    """The id of a property by name and type; a database has one title, whatever it is called."""
    name, kind = TYPES[key]
    if key == "title":
        return next((str(found["id"]) for found in properties.values() if found.get("type") == kind), "")
    found = properties.get(name, {})
    return str(found["id"]) if found.get("type") == kind else ""


def _option_ids(options: list[Mapping[str, Any]], known: Schema | None) -> dict[str, str]:
    """Notion's id of each rating: the one known from before while it is there, else that of the option's name."""
    there = {str(option.get("id")): str(option.get("name", "")).casefold() for option in options}
    kept = {rating: id_ for rating, id_ in (known.options if known else {}).items() if id_ in there}
    named = {
        rating: next((id_ for id_, text in there.items() if text == name.casefold()), "")
        for rating, name in OPTIONS.items()
    }
    return {**{rating: id_ for rating, id_ in named.items() if id_}, **kept}


def _paper_id(found: Mapping[str, Any]) -> str | None:
    text = "".join(str(part.get("plain_text", "")) for part in found.get("rich_text") or [])
    try:
        return parse_paper_id(text)
    except ValueError:
        return None
