"""What failed at first and passed when it was run again is told, with its reason, at the end of a run.

`make ci` runs a failed test a second time: among ten thousand, many of which wait for real processes, one is late on a
busy machine now and then. Whoever reads the output shall see which ones they are.
"""

import pytest

_AGAIN = "rerun"  # what pytest-rerunfailures calls the report of an attempt that did not count


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.stats.get(_AGAIN, []):
        terminalreporter.section(f"run again: {report.nodeid} ({report.when})", yellow=True)
        terminalreporter.line(report.longreprtext[-4_000:])
