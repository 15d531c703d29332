"""Whether this process takes leases: chosen when the settings are read, and for the whole process, as its umask is."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shared.bus.questions.subject_tokens import token
from shared.settings.settings import BusSettings, CommonSettings
from shared.store.files.exclusion import exclude_by

if TYPE_CHECKING:  # commands of a machine by itself need not wait for the client of NATS
    from shared.leases.keeper import LeaseKeeper


@dataclass(frozen=True)
class _Choice:
    root: Path
    bus: BusSettings
    keeper: "LeaseKeeper"


_choice: _Choice | None = None


def use_leases(settings: CommonSettings, program: str) -> None:
    """Take leases on the datasets of the settings' folder from now on, where they say so. Nothing is opened yet."""
    global _choice
    wanted = settings.data.locks == "leases"
    if wanted and _choice is not None and (_choice.root, _choice.bus) == (settings.data.path, settings.bus):
        return
    leave_leases()
    if wanted:
        from shared.leases.dataset_leases import DatasetLeases
        from shared.leases.keeper import LeaseKeeper

        holder = f"{program} on {socket.gethostname()} (process {os.getpid()})"
        keeper = LeaseKeeper(settings.bus, settings.data.lease_seconds, holder)
        _choice = _Choice(settings.data.path, settings.bus, keeper)
        exclude_by(_choice.root, DatasetLeases(_choice.root, keeper))


def leave_leases() -> None:
    """Give back what is held, and use lock files again."""
    global _choice
    if _choice is not None:
        exclude_by(_choice.root, None)
        _choice.keeper.close()
        _choice = None


def are_used() -> bool:
    """Whether other machines may work on the data folder."""
    return _choice is not None


def of_this_machine(name: str) -> str:
    """A file's name, of this machine's own where others share the folder: whether SQLite's locks hold between machines
    depends on the file server."""
    path = Path(name)
    return f"{path.stem}-{token(socket.gethostname())}{path.suffix}" if are_used() else name


def keeper() -> "LeaseKeeper":
    """What takes this process's leases. Raises RuntimeError where the settings ask for none."""
    if _choice is None:
        raise RuntimeError("the settings of this process ask for no leases")
    return _choice.keeper
