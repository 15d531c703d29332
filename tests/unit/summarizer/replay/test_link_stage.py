"""Links of past papers found again beside those that stand: accepted, undone, cut off; nothing later leaks in."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from services.summarizer.replay.link_stage import LinkReplay
from services.summarizer.settings import Settings
from shared.errors import PapersysError
from shared.settings.settings import DataSettings, LlmSettings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.replays import Replay
from shared.store.papers.links import LinkStore
from tests.support.llm.server import Body, Scripted, llm_server
from tests.support.papers.summarizer import PAPER_ID
from tests.support.people.replayed_readings import THIRD_ID, begun, encode, quiet, read_one_after_the_other


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("read")
    read_one_after_the_other(folder)
    return folder


@pytest.fixture
def data(read: Path, tmp_path: Path) -> DataFolder:
    """Three papers that were read without a model."""
    return DataFolder(shutil.copytree(read, tmp_path / "data"), 0)


def stage(data: DataFolder, llm: LlmSettings | None = None) -> LinkReplay:
    settings = {"data": DataSettings(path=data.root, min_free_mb=0), "llm": llm or LlmSettings(), "bus": {"port": 1}}
    return LinkReplay(Settings.model_validate(settings), encode)


def replay_of(data: DataFolder, **request: Any) -> Replay:
    return begun(data, stage="links", **request)


def contents(data: DataFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in data.path("links").glob("????-??.jsonl")}


def test_with_nothing_changed_every_paper_has_the_links_that_it_has(data: DataFolder) -> None:
    replay, replaying, stood = replay_of(data), stage(data), contents(data)
    assert replaying.forecast(replay).lines == ("To link again: 3 papers, without a language model.",)
    replaying.run(replay, quiet)
    assert contents(data) == stood
    figures: Any = replaying.report(replay).figures
    assert (figures["papers"], figures["unchanged"], figures["left"], figures["failed"]) == (3, 3, 0, {})
    assert figures["types"]["similar"]["after"] > 0
    assert not replay.own.path("qdrant").exists()


def test_other_links_are_put_in_place_and_taken_back_to_the_byte(data: DataFolder) -> None:
    replay, replaying, stood = replay_of(data, changes={"neighbours": 0}), stage(data), contents(data)
    replaying.run(replay, quiet)
    replaying.make_ready(replay, quiet)
    for _ in range(2):  # twice is once
        replaying.swap_in(replay)
    assert {link.type for record in LinkStore(data).records() for link in record.links} == {"cites"}
    for _ in range(2):
        replaying.swap_out(replay)
    assert contents(data) == stood


def test_a_paper_linked_anew_in_the_meantime_keeps_what_it_has(data: DataFolder) -> None:
    replay, replaying = replay_of(data, changes={"neighbours": 0}), stage(data)
    replaying.run(replay, quiet)
    LinkStore(data).put(THIRD_ID, [])
    newer = LinkStore(data).record(THIRD_ID)
    replaying.swap_in(replay)
    assert LinkStore(data).record(THIRD_ID) == newer
    replaying.swap_out(replay)
    assert LinkStore(data).record(THIRD_ID) == newer


def test_a_replay_that_was_cut_off_goes_on(data: DataFolder) -> None:
    class Cut(Exception):
        pass

    def cut(done: int, total: int) -> None:
        if done == 2:
            raise Cut

    replay, replaying = replay_of(data), stage(data)
    with pytest.raises(Cut):
        replaying.run(replay, cut)
    made = LinkStore(replay.own).record(PAPER_ID)
    replaying.run(replay, quiet)
    assert LinkStore(replay.own).record(PAPER_ID) == made
    assert replaying.report(replay).figures["unchanged"] == 3


def test_a_model_judges_relations_and_its_absence_stops_the_replay(data: DataFolder) -> None:
    def extends(body: Body, number: int) -> Scripted:
        told = {"number": 1, "relation": "extends", "evidence_of_this": "t1", "evidence_of_other": "1.1"}
        return Scripted(json.dumps({"relations": [{**told, "from_paper": "this", "confidence": "high"}]}))

    def away(body: Body, number: int) -> Scripted:
        return Scripted(status=401, error="no such key")

    with llm_server(away) as server:
        llm = LlmSettings.model_validate({"base_url": server.url, "model": "small"})
        with pytest.raises(PapersysError, match=r"The replay stops at 2610.0000\d: .*no such key"):
            stage(data, llm).run(replay_of(data), quiet)
    with llm_server(extends) as server:
        llm = LlmSettings.model_validate({"base_url": server.url, "model": "small"})
        replaying, replay = stage(data, llm), replay_of(data)
        assert "relations judged by small, in at most 4 questions" in replaying.forecast(replay).lines[0]
        replaying.run(replay, quiet)
        figures: Any = replaying.report(replay).figures
        assert figures["types"]["extends"]["gained"] == figures["calls"] == len(server.asked)
        with pytest.raises(PapersysError, match="--most-cost cannot be kept without prices"):
            replaying.forecast(replay_of(data, most_cost=1.0))


def test_nothing_is_accepted_before_something_is_made(data: DataFolder) -> None:
    with pytest.raises(PapersysError, match="nothing to accept"):
        stage(data).make_ready(replay_of(data), quiet)
    assert stage(data).settings(replay_of(data, model="large")) == {"llm.steps.link": "large"}
