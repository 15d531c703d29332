"""Backups, copies, looks and replays of a running system, again and again: `papersys` commands as processes."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.processes.system import System

_SECONDS = 600.0


@dataclass
class Operations:
    """Runs rounds of commands until told to stop; each of them has to succeed."""

    system: System
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)

    def run(self, *arguments: str, **environment: str) -> str:
        """What a command prints; a failure is noted."""
        done = self.system.command(*arguments, timeout=_SECONDS, env={**self.system.environment, **environment})
        self.counts[" ".join(arguments[:2])] += 1
        if done.returncode:
            self.failures.append(
                f"{' '.join(arguments)}: {done.returncode}: {done.stdout[-1500:]} {done.stderr[-1500:]}"
            )
        return done.stdout

    @contextmanager
    def going_on(self, *rounds: Callable[[int], None]) -> Iterator[None]:
        """Each of these is called again and again, with the number of its round, while the block runs."""
        threads = [threading.Thread(target=self._repeat, args=(each,), daemon=True) for each in rounds]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            for thread in threads:
                thread.join(2 * _SECONDS)

    def _repeat(self, each: Callable[[int], None]) -> None:
        number = 0
        while not self._stopped.is_set():
            number += 1
            try:
                each(number)
            except Exception as error:
                self.failures.append(f"{type(error).__name__}: {error}")
                return


def findings_of(printed: str, severity: str) -> list[str]:
    """What `papersys verify --json` found of a kind."""
    found = json.loads(printed)["findings"]
    return [f"{each['where']}: {each['what']}" for each in found if each["severity"] == severity]


def restored(operations: Operations, folder: Path) -> list[str]:
    """Restore the last backup into a folder and look closely at it; returns what is damaged."""
    operations.run("restore", "--to", str(folder), "--json")
    done = operations.system.command(
        "verify", "--deep", "--json", env={**operations.system.environment, "PAPERSYS_DATA__PATH": str(folder / "data")}
    )
    return findings_of(done.stdout, "damage")
