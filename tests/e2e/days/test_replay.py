"""The embedding model of a running system is changed by a replay: no selection is made with half of the vectors."""

from collections.abc import Iterator

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.selections import Candidate, SelectionStore
from shared.store.vectors.embeddings import VectorStore
from tests.support.checks.waiting import eventually_sync
from tests.support.llm.embedding_server import EmbeddingServer, embedding_server
from tests.support.processes.system import ROOT, System

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("replay")]
WORDS = ("graph", "star", "cell", "quantum", "language", "robot", "proof", "speech")
OTHER_WORDS = ("network", "galaxy", "protein", "noise", "learn", "control", "bound", "signal", "data", "field")


def table(alias: str, server: EmbeddingServer) -> str:
    return f"""
[embedding.models.{alias}]
backend = "openai"
name = "{alias}"
base_url = "{server.base_url}"
dimension = {len(server.words) + 1}
"""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with embedding_server(*WORDS) as server, embedding_server(*OTHER_WORDS) as other:
        tables = f"""
[embedding]
model = "words"
{table("words", server)}
{table("others", other)}
"""
        demo = (ROOT / "deploy" / "demo" / "papersys.toml").read_text()
        system = System(tmp_path_factory.mktemp("replay"), demo + tables, PAPERSYS_DEMO__DAYS="6")
        try:
            system.start(seconds=300)
            until_started(system, 1)
            yield system
        finally:
            system.end()


def newest_selection(system: System) -> list[Candidate]:
    selections = SelectionStore(DataFolder(system.data))
    return [one for day in selections.days()[:1] for one in selections.day(day)]


def next_day(system: System) -> list[Candidate]:
    """The selection of the demo's next day."""
    before = SelectionStore(DataFolder(system.data)).days()
    assert system.command("demo", "next").returncode == 0
    eventually_sync(
        lambda: SelectionStore(DataFolder(system.data)).days() != before, 300, "a selection", system.log_tail
    )
    return newest_selection(system)


def until_started(system: System, times: int) -> None:
    """As often as that in all."""
    eventually_sync(lambda: starts(system) >= times, 400, "papersys starts again", system.log_tail)


def starts(system: System) -> int:
    return sum(line.get("action") == "ready" for line in system.log())


def said(system: System, *arguments: str) -> str:
    run = system.command(*arguments, timeout=300)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_model_of_a_running_system_is_changed_and_changed_back(system: System) -> None:
    eventually_sync(lambda: bool(newest_selection(system)), 180, "a selection", system.log_tail)
    liked = [one.paper_id for one in newest_selection(system)][:4]
    said(system, "like", *liked)

    report = said(system, "replay", "embed", "--model", "others")
    for words in ("picks", "Spearman", "Control, nothing changed", "papersys replay accept embed-others"):
        assert words in report
    assert {one.model for one in newest_selection(system)} == {"words"}
    assert not (system.data / "embeddings" / "others").exists()

    said(system, "replay", "accept", "embed-others")
    until_started(system, 2)
    assert 'model = "others"' in system.settings_path.read_text()
    data = DataFolder(system.data)
    assert VectorStore(data, "others").count() >= VectorStore(data, "words").count() > 0

    selected = next_day(system)
    assert {one.model for one in selected} == {"others"}
    assert {one.regime for one in selected} == {"similarity"}
    assert any(one.outcome == "picked" for one in selected)

    said(system, "replay", "undo", "embed-others")
    until_started(system, 3)
    assert 'model = "words"' in system.settings_path.read_text()
    assert {one.model for one in next_day(system)} == {"words"}
