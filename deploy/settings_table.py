"""All settings as a table for the docs, from the code: `python -m deploy.settings_table docs/settings.md` renews it."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from deploy.configuration import system_settings_class

BEGIN, END = "<!-- settings: begin -->", "<!-- settings: end -->"


def settings_table() -> str:
    """One row a setting, by section, as Markdown."""
    rows = [f"| `{name}` | {default} | {text} |" for name, default, text in _rows(system_settings_class(), "")]
    return "\n".join(["| setting | default | meaning |", "|---|---|---|", *rows])


def renewed(page: str) -> str:
    """A page with today's table between its two marks. Raises ValueError where they are missing."""
    before, _, rest = page.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"the marks {BEGIN} and {END} are missing")
    return f"{before}{BEGIN}\n{settings_table()}\n{END}{after}"


def _rows(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, str, str]]:
    for name, field in model.model_fields.items():
        inner, path = _table_of(field), f"{prefix}{name}"
        if inner is None:
            yield path, _default(field), field.description or ""
        elif get_origin(field.annotation) is dict:
            yield from _rows(inner, f"{path}.<alias>.")
        else:
            yield from _rows(inner, f"{path}.")


def _table_of(field: FieldInfo) -> type[BaseModel] | None:
    kind: Any = field.annotation
    if get_origin(kind) is dict:
        kind = get_args(kind)[1]
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return "required"
    if value is None:
        return ""
    if isinstance(value, tuple | list):
        return f"`{[item if isinstance(item, int | float | str) else str(item) for item in value]}`".replace("'", '"')
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(renewed(path.read_text("utf-8")), "utf-8")
