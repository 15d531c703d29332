"""How other preprint servers stand: `state/fetcher/sources/<name>/state.json`, one for each. The fetcher writes."""

import logging
from datetime import date

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)


class SourceState(BaseModel):
    """`through` is the newest day of its records that a whole harvest has seen. `problem`: why it failed last."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    label: str
    through: date | None = None
    harvested_at: AwareDatetime | None = None
    outcome: str = ""
    problem: str = ""

    @property
    def sentence(self) -> str:
        """In one line: `bioRxiv: 180 new, 40 revised, 3 unchanged (harvested 2026-11-21 05:10 UTC)`."""
        when = f" (harvested {self.harvested_at:%Y-%m-%d %H:%M} UTC)" if self.harvested_at else ""
        done = f"{self.outcome}{when}" if self.outcome else "not harvested yet"
        return f"{self.label}: {done}"


class SourceStates:
    """The states of all servers that were ever harvested."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._folder = data.path("state", "fetcher", "sources")

    def get(self, name: str, label: str) -> SourceState:
        """The state of a server; an empty one where there is none that can be read."""
        path = self._folder / name / "state.json"
        try:
            return SourceState.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return SourceState(name=name, label=label)
        except (OSError, ValueError) as error:
            text = "%s cannot be read (%s); the server is harvested from its first day again."
            log.error(text, path, str(error).splitlines()[0], extra={"action": "source_state_unreadable"})
            return SourceState(name=name, label=label)

    def put(self, state: SourceState) -> None:
        self._data.write_text(self._folder / state.name / "state.json", state.model_dump_json(indent=1) + "\n")

    def all(self) -> list[SourceState]:
        """Every server's, by name."""
        names = sorted(path.parent.name for path in self._folder.glob("*/state.json"))
        return [self.get(name, name) for name in names]
