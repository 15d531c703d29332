"""What holds for every test: safety that costs time is cheap, and what was run again is told.

`make ci` runs a failed test a second time: among ten thousand, many of which wait for real processes, one is late on a
busy machine now and then. Whoever reads the output shall see which ones they are, and why.
"""

import hashlib
import os
from collections.abc import Iterator
from typing import Any

import pytest

_AGAIN = "rerun"  # what pytest-rerunfailures calls the report of an attempt that did not count
_SCRYPT = hashlib.scrypt


@pytest.fixture(scope="session", autouse=True)
def cheap_safety() -> Iterator[None]:
    """Nobody pulls the plug of a test or guesses its tokens; processes that it starts do as they do elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        patch.setattr(hashlib, "scrypt", _quick_scrypt)
        yield


def _quick_scrypt(password: bytes, **options: Any) -> bytes:
    return _SCRYPT(password, **{**options, "n": 2})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.stats.get(_AGAIN, []):
        terminalreporter.section(f"run again: {report.nodeid} ({report.when})", yellow=True)
        terminalreporter.line(report.longreprtext[-4_000:])
