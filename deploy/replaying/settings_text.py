"""Some settings changed in the text of `papersys.toml`, and what they were. Pure."""

import json
from collections.abc import Mapping

from pydantic import JsonValue

from shared.settings.text import SettingsText


def changed_text(text: str, changes: Mapping[str, JsonValue]) -> tuple[str, dict[str, JsonValue]]:
    """The text with these settings by dotted key, and what they were before; None: the key is not there.

    Raises SettingsError where the text cannot be changed.
    """
    changed = SettingsText(text)
    before: dict[str, JsonValue] = {}
    for name, value in changes.items():
        section, _, key = name.rpartition(".")
        table = changed.section(section)
        before[name] = json.loads(json.dumps(table[key].unwrap(), default=str)) if key in table else None
        changed.assign(section, {key: value})
    return str(changed), before
