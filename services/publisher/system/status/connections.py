"""How a person's webhooks and Zotero libraries stand, for the Status page: what worked last, and what did not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from services.publisher.outlets.webhooks.deliveries import Deliveries
from services.publisher.outlets.webhooks.told_chats import chats_of
from services.publisher.outlets.zotero.state import StateFile
from services.publisher.outlets.zotero.told_state import failure_of, remarks_of, summary_of
from shared.settings.sections.webhooks import WebhookSettings
from shared.settings.sections.zotero import ZoteroSettings
from shared.store.files.data_folder import DataFolder


@dataclass(frozen=True)
class Connection:
    """One that is set up; `state` says what worked last, `problems` what did not since."""

    title: str
    state: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class PersonConnections:
    """A person's own: nobody learns from it what others rate and where they are told."""

    webhooks: tuple[Connection, ...] = ()
    libraries: tuple[Connection, ...] = ()


@dataclass(frozen=True)
class Connections:
    """Of everybody, from the settings and from what was noted about each."""

    data: DataFolder
    webhooks: Mapping[str, WebhookSettings] = field(default_factory=dict)
    zotero: Mapping[str, ZoteroSettings] = field(default_factory=dict)

    def of(self, user: str) -> PersonConnections:
        """Reads files only; asks nobody."""
        return PersonConnections(tuple(self._webhooks(user)), tuple(self._libraries(user)))

    def _webhooks(self, user: str) -> Iterator[Connection]:
        for chat in chats_of(user, self.webhooks, Deliveries(self.data)):
            last = f"Last message: {chat.last_sent}." if chat.last_sent else "Nothing sent yet."
            paused = " Paused." if chat.is_paused else ""
            yield Connection(f"{chat.kind}: {chat.name}", f"{last}{paused} Tells {chat.rule}.", chat.remarks)

    def _libraries(self, user: str) -> Iterator[Connection]:
        for name, settings in self.zotero.items():
            if settings.user == user:
                state = StateFile(self.data, name, settings.library).read()
                said = summary_of(state)
                problems = tuple(filter(None, (failure_of(state), *remarks_of(state))))
                yield Connection(f"Zotero: {name}", f"{said[:1].upper()}{said[1:]}.", problems)
