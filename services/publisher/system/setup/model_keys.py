"""Keys of model servers: one that is entered stays in memory until it is written to a file, and is never shown."""

from dataclasses import dataclass, field

from services.publisher.system.setup.settings_file import SettingsFile
from shared.settings.secret_files import read_secret, write_private
from shared.settings.sections.language_models import LlmSettings

_NO_KEY = "none"


@dataclass
class ModelKeys:
    """A key goes to the server that it was entered for, and to no other."""

    file: SettingsFile
    llm: LlmSettings
    entered: dict[str, str] = field(default_factory=dict)

    def enter(self, address: str, key: str) -> None:
        if key and key.isprintable():
            self.entered[address.rstrip("/")] = key

    def has(self, address: str) -> bool:
        """Whether a key is known for a server."""
        address = address.rstrip("/")
        return bool(address) and (address in self.entered or bool(self.file.known_key_file(address)))

    def key_for(self, address: str) -> str:
        """Empty where none is known. Raises SettingsError."""
        if address in self.entered:
            return self.entered[address]
        if self.llm.base_url == address:
            key = self.llm.key()
            return "" if key == _NO_KEY else key
        named = self.file.known_key_file(address)
        return read_secret(self.file.path.parent / named, "llm.api_key_file") if named else ""

    def keep(self, address: str) -> str:
        """The file with the key of a server, written where it was entered now; empty where it has none."""
        if address in self.entered:
            write_private(self.file.key_file, self.entered[address] + "\n")
            return str(self.file.key_file)
        return self.file.known_key_file(address)
