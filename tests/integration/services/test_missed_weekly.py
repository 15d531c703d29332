"""The ranker looks for missed papers by itself when a week is over: a process of its own, killed, and started again."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from shared.service.child_processes import die_with_parent
from shared.store.people.missed import MissedStore
from tests.support.bus.nats import PASSWORD, NatsServer, nats_server
from tests.support.bus.ports import free_port_range
from tests.support.checks.waiting import eventually_sync
from tests.support.people.missed_days import WALKS, MissedDays, paper_id

_AT_ONCE = """
import os, runpy
from services.ranker.missed import watch
watch._FIRST_SECONDS, watch._CHECK_SECONDS = 0.0, 0.3
look = watch.MissedWatch.look

async def noted(self):
    await look(self)
    with open(os.environ["LOOKS"], "a") as looks:
        looks.write("x")

watch.MissedWatch.look = noted
runpy.run_module("services.ranker", run_name="__main__")
"""
"""The service as it is, but for the quarter of an hour that it waits after a start; each look leaves a mark."""

_ROOT = Path(__file__).parents[3]


@contextmanager
def ranker(days: MissedDays, server: NatsServer, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PAPERSYS_")},
        "PAPERSYS_DATA__PATH": str(days.data.root),
        "LOOKS": str(log.with_name("looks")),
        "PAPERSYS_DATA__MIN_FREE_MB": "0",
        "PAPERSYS_BUS__PORT": str(server.settings.port),
        "PAPERSYS_BUS__PASSWORD": PASSWORD,
        "PAPERSYS_HTTP__FIRST_PORT": str(free_port_range(6)),
        "PAPERSYS_EMBEDDING__MODEL": "test",
        "PAPERSYS_EMBEDDING__MODELS": json.dumps({"test": {"name": "test", "dimension": 8}}),
        "PAPERSYS_RANKER__PER_DAY": "3",
        "PAPERSYS_RANKER__EXPLORE": "0",
        "PAPERSYS_RANKER__AUDIT": "0",
        "PAPERSYS_RANKER__DIVERSITY": "0",
    }
    with log.open("ab") as out:
        command = [sys.executable, "-c", _AT_ONCE]
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=out,
            stderr=out,
            preexec_fn=die_with_parent(),
            cwd=Path(__file__).parents[3],
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait(60)


def two_weeks_ago() -> datetime:
    """The Monday before last, so that both weeks of the days are over."""
    today = datetime.now(UTC).date()
    return datetime.combine(today - timedelta(days=today.weekday() + 14), time(8), UTC)


def test_a_week_that_is_over_is_told_once_without_being_asked_for(tmp_path: Path) -> None:
    days = MissedDays(tmp_path / "data", start=two_weeks_ago())
    days.find_walks(*WALKS)
    store, log = MissedStore(days.data), tmp_path / "log"
    with nats_server(tmp_path / "nats") as server:
        with ranker(days, server, log) as process:
            eventually_sync(lambda: log.with_name("looks").exists(), 120, "it has looked", log.read_text)
            (week,) = store.of("me")
            assert process.poll() is None
        assert {paper.paper_id for paper in week.papers} == set(map(paper_id, WALKS))
        assert [(click.kind, click.value.casefold()) for click in week.papers[0].clicks] == [
            ("phrase", "quantum walks")
        ]
        looks = log.with_name("looks")
        before = len(looks.read_text())
        with ranker(days, server, log):
            eventually_sync(lambda: len(looks.read_text()) > before + 1, 120, "it looks again", log.read_text)
    assert store.of("me") == [week], "a kill and another start tell nothing twice"
    assert log.read_text().count("were missed and found") == 1
