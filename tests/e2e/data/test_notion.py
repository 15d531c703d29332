"""Real processes beside the Notion of the tests: summaries become rows, a rating there becomes ours, ours is shown."""

from pathlib import Path

import pytest

from shared.notion.properties import wanted_schema
from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import SummaryStore
from shared.store.people.preferences import Rating, RatingStore
from tests.support.checks.waiting import eventually_sync
from tests.support.notion.server import TOKEN, NotionServer, notion_server
from tests.support.processes.system import System, running_system

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("notion")]

POLL_MINUTES = "0.05"


def summarised(system: System) -> set[str]:
    return {summary.paper_id for summary in SummaryStore(DataFolder(system.data, 0)).all()}


def rows(server: NotionServer) -> list[str]:
    with server.turn:
        return sorted(server.workspace.text(page, "Paper ID") for page in server.workspace.rows())


def words(system: System, paper_id: str) -> list[Rating]:
    return [rating for rating in RatingStore(DataFolder(system.data, 0)).all() if rating.paper_id == paper_id]


def shown(server: NotionServer, paper_id: str) -> str:
    with server.turn:
        return server.workspace.rating(server.workspace.row(paper_id))


def test_summaries_become_rows_and_ratings_go_both_ways(tmp_path: Path) -> None:
    with notion_server(per_second=50, burst=100) as server:
        database = server.workspace.create_database(server.workspace.home, "papersys", wanted_schema())
        with running_system(
            tmp_path,
            PAPERSYS_NOTION__ENABLED="true",
            PAPERSYS_NOTION__TOKEN=TOKEN,
            PAPERSYS_NOTION__DATABASE=str(database["id"]),
            PAPERSYS_NOTION__BASE_URL=server.url,
            PAPERSYS_NOTION__POLL_MINUTES=POLL_MINUTES,
            PAPERSYS_NOTION__REQUESTS_PER_SECOND="25",
        ) as system:
            eventually_sync(lambda: len(summarised(system)) >= 5, 120, "papers are summarised")
            eventually_sync(lambda: rows(server) == sorted(summarised(system)), 60, "each has a row", system.log_tail)
            ours, theirs = rows(server)[:2]

            with server.turn:
                server.workspace.rate(server.workspace.row(theirs), "Like")
            eventually_sync(lambda: words(system, theirs), 60, "a rating in Notion is stored", system.log_tail)
            assert [(word.label, word.source) for word in words(system, theirs)] == [("like", "notion")]

            assert system.command("dislike", ours).returncode == 0
            eventually_sync(lambda: shown(server, ours) == "Dislike", 60, "our rating is shown", system.log_tail)

            server.token = "another"
            with server.turn:
                server.workspace.rate(server.workspace.row(ours), None)
            eventually_sync(lambda: "does not accept the token" in system.log_tail(200), 60, "an expired token is told")
            eventually_sync(
                lambda: "does not accept the token" in system.get("/status").text, 60, "the Status page says so"
            )
            assert [word.source for word in words(system, ours)] == ["cli"]
            assert TOKEN not in system.log_path.read_text()
