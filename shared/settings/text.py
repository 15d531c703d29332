"""Settings changed in the text of `papersys.toml`: the owner's comments, order and all other keys stay. Pure."""

from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from shared.errors import SettingsError


class SettingsText:
    """The text of a settings file, to be changed. Raises SettingsError where it is not TOML."""

    def __init__(self, text: str) -> None:
        try:
            self._document = tomlkit.parse(text)
        except (TOMLKitError, ValueError) as error:
            raise SettingsError(f"The settings file is not TOML ({error}); change it by hand.") from error

    def __str__(self) -> str:
        return tomlkit.dumps(self._document)

    def section(self, name: str = "") -> Any:
        """The table of a dotted name, as TOML Kit has it; a new one where there is none. Raises SettingsError."""
        table: Any = self._document
        for part in name.split(".") if name else ():
            if part not in table:
                if table is self._document and self._document.as_string().strip():
                    self._document.add(tomlkit.nl())
                table[part] = tomlkit.table()
            table = table[part]
            if not isinstance(table, dict):
                raise SettingsError(f"The settings file cannot be changed: {part} is no table; change it by hand.")
        return table

    def assign(self, name: str, values: Mapping[str, Any]) -> None:
        """Keys of a section set, or taken away where their value is None.

        A key that stands keeps its comment; a new one comes before the tables within, where TOML wants it.
        """
        table = self.section(name)
        for key in [key for key, value in values.items() if value is None and key in table]:
            del table[key]
        values = {key: value for key, value in values.items() if value is not None and table.get(key) != value}
        inner = {key: table[key] for key in list(table) if isinstance(table[key], dict)}
        aside = inner if values.keys() - set(table) else {}
        for key in aside:
            table.pop(key)
        for key, value in values.items():
            table[key] = value
        for key, content in aside.items():
            table[key] = content


def with_values(text: str, section: str, values: Mapping[str, Any]) -> str:
    """A settings file with these keys of one section. Raises SettingsError."""
    changed = SettingsText(text)
    changed.assign(section, values)
    return str(changed)
