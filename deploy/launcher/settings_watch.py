"""Waits for changes of the settings that the Setup page hands over, and has started again what they concern."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.configuration import SystemSettings
from deploy.launcher.demo_data import keep_likes, must_be_set_aside
from deploy.launcher.output import Output
from deploy.launcher.settings_change import EVERYTHING, Settled, own_file, settle
from deploy.launcher.supervisor import Supervisor
from shared.errors import PapersysError
from shared.settings.changes import ChangeOutcome, SettingsChange, SettingsChanges
from shared.settings.settings import SERVICES
from shared.store.files.data_folder import DataFolder

_LOOK_SECONDS = 0.3
_READING_SECONDS = 1.5
"""How long the page that handed a change over has to read what comes of it, before its program is stopped."""


@dataclass
class SettingsWatch:
    """The settings in force, and what is running on them."""

    settings: SystemSettings
    path: Path
    data: DataFolder
    supervisor: Supervisor
    output: Output

    async def until_new_start(self) -> Settled:
        """Put changes in force, one after the other, until one needs everything to start again."""
        changes = SettingsChanges(self.data)
        changes.take()  # one that waited for a launcher that is no more
        while True:
            try:
                settled = await self._settled(changes)
            except (PapersysError, OSError) as error:
                self.output.say(f"A change of the settings failed: {error}", "ERROR", action="settings_failed")
                settled = None
            if settled is not None and settled.restarts >= EVERYTHING:
                return settled
            await asyncio.sleep(_LOOK_SECONDS)

    async def _settled(self, changes: SettingsChanges) -> Settled | None:
        """The change that waited, in force now; None without one, or where it was refused, which the page is told."""
        change = changes.take()
        if change is None:
            return None
        try:
            settled = await asyncio.to_thread(self._settle, change)
            if not must_be_set_aside(self.settings, settled.settings):  # else they would be rated in the demo
                keep_likes(settled)
        except PapersysError as error:
            self.output.say(f"Settings were refused: {error}", "WARNING", action="settings_refused")
            changes.answer(ChangeOutcome(change_id=change.change_id, problem=str(error)))
            return None
        is_new_start = settled.restarts >= EVERYTHING
        restarts = () if is_new_start else tuple(sorted(settled.restarts))
        changes.answer(
            ChangeOutcome(
                change_id=change.change_id, path=str(settled.path), restarts=restarts, is_new_start=is_new_start
            )
        )
        self._say(settled, restarts)
        await asyncio.sleep(_READING_SECONDS if settled.restarts else 0)
        self.settings, self.path = settled.settings, settled.path
        self.supervisor.restart(restarts)
        return settled

    def _settle(self, change: SettingsChange) -> Settled:
        """Raises PapersysError."""
        if not change.text:
            return Settled(self.settings, self.path, frozenset(change.restarts) & frozenset(SERVICES))
        settled = settle(change, own_file(self.path), self.settings)
        return replace(settled, restarts=settled.restarts | (frozenset(change.restarts) & frozenset(SERVICES)))

    def _say(self, settled: Settled, restarts: tuple[str, ...]) -> None:
        which = ", ".join(restarts) or ("everything" if settled.restarts else "nothing")
        what = "There are new data" if settled.settings is self.settings else f"{settled.path} has new settings"
        text = f"{what}; to start again: {which}."
        self.output.say(text, action="settings_changed")
