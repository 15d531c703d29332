"""Table Schemas (https://datapackage.org/standard/table-schema/) of the files, from the classes that define rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from pydantic import BaseModel

_TYPES = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean", "array": "array"}


def schema_of_columns(types: Mapping[str, str], key: Sequence[str]) -> dict[str, Any]:
    """A schema from the type of each column."""
    fields = [{"name": name, "type": kind} for name, kind in types.items()]
    return {"fields": fields, "missingValues": [""], "primaryKey": list(key)}


def schema_of_model(model: type[BaseModel], key: Sequence[str]) -> dict[str, Any]:
    """A schema of lines of JSON that are instances of a model."""
    described = model.model_json_schema(mode="serialization")["properties"]
    return {
        "fields": [{"name": name, "type": _type_of(facts)} for name, facts in described.items()],
        "primaryKey": list(key),
    }


def schema_of_table(schema: pa.Schema, key: Sequence[str]) -> dict[str, Any]:
    """A schema of a Parquet file."""
    return {
        "fields": [{"name": field.name, "type": _type_of_arrow(field.type)} for field in schema],
        "primaryKey": list(key),
    }


def _type_of(facts: Mapping[str, Any]) -> str:
    if facts.get("format") == "date-time":
        return "datetime"
    for choice in facts.get("anyOf", ()):
        if choice.get("type") != "null":
            return _type_of(choice)
    return _TYPES.get(facts.get("type", "string" if "enum" in facts else "object"), "object")


def _type_of_arrow(kind: pa.DataType) -> str:
    if pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
        return "array"
    if pa.types.is_timestamp(kind):
        return "datetime"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_integer(kind):
        return "integer"
    return "number" if pa.types.is_floating(kind) else "string"
