"""Whether papersys runs on a data folder, and telling it of data that were put there beside it."""

import asyncio

from shared.bus.questions.asking import listens
from shared.settings.changes import SettingsChange, SettingsChanges
from shared.settings.settings import BusSettings
from shared.store.files.data_folder import DataFolder
from shared.store.files.held_locks import is_held

LOCK = ("state", "locks", "launcher.lock")
_ANSWER_SECONDS = 6.0
_READ_AT_START = ("embedder", "ranker", "summarizer")
"""What these keep in memory, or make up for when they start: missing vectors, tastes, Qdrant's points."""


def runs_on(data: DataFolder) -> bool:
    """Whether a launcher runs on a data folder, on this machine."""
    return is_held(data.path(*LOCK))


def still_runs(data: DataFolder, bus: BusSettings) -> bool:
    """The same where the folder itself may be lost: its bus still answers then."""
    return runs_on(data) or (bus.external_url is None and listens(bus.url))


def told_of_new_data(data: DataFolder) -> str:
    """Have the services that read data at their start alone start again; what comes of it, in words.

    Empty where nothing runs there. Raises TemporaryFailure when the disk is full.
    """
    if not runs_on(data):
        return ""
    change, mailbox = SettingsChange(restarts=_READ_AT_START), SettingsChanges(data)
    mailbox.submit(change)
    names = " and ".join((", ".join(_READ_AT_START[:-1]), _READ_AT_START[-1]))
    if asyncio.run(mailbox.outcome_of(change, _ANSWER_SECONDS)) is None:
        return f"papersys runs, and did not answer: start it again, so that {names} take it in."
    return f"papersys runs: its pages show it now; {names} start again to take it in."
