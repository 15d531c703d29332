"""Tags of past papers given again beside those that stand: accepted, undone, cut off, with a model that goes away."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from services.summarizer.replay.tag_stage import TagReplay
from services.summarizer.settings import Settings
from shared.contracts import now
from shared.errors import PapersysError
from shared.settings.settings import DataSettings, LlmSettings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.replays import Replay
from shared.store.papers.summaries import SummaryStore
from shared.store.tagging.tags import Tag, TagDecision, TagStore
from tests.support.llm.server import Body, Scripted, llm_server
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


def stage(data: DataFolder, llm: LlmSettings | None = None) -> TagReplay:
    settings = Settings(data=DataSettings(path=data.root, min_free_mb=0), llm=llm or LlmSettings())
    return TagReplay(settings, encode)


def replay_of(data: DataFolder, **request: Any) -> Replay:
    return begun(data, stage="tags", **request)


def shown(data: DataFolder) -> dict[str, tuple[str, ...]]:
    index = TagStore(data).index()
    return {one.paper_id: index.shown(one.tags, one.raw_tags) for one in SummaryStore(data).all()}


def contents(data: DataFolder) -> dict[str, bytes]:
    files = [data.path("tags", "decisions.jsonl"), data.path("tags", "index.jsonl"), *data.path("summaries").glob("*")]
    return {path.name: path.read_bytes() for path in files if path.is_file()}


def test_with_nothing_changed_every_paper_has_the_tags_that_it_has(data: DataFolder) -> None:
    replay, replaying = replay_of(data), stage(data)
    assert replaying.forecast(replay).lines == ("To tag again: 3 papers, without a language model.",)
    stood = contents(data)
    replaying.run(replay, quiet)
    assert contents(data) == stood
    report = replaying.report(replay)
    assert (report.figures["papers"], report.figures["changed"], report.figures["left"]) == (3, [], 0)


def test_other_tags_are_put_in_place_and_taken_back_to_the_byte(data: DataFolder) -> None:
    replay, replaying, stood = replay_of(data, changes={"most_tags": 1, "fewest_tags": 1}), stage(data), contents(data)
    before = shown(data)
    replaying.run(replay, quiet)
    assert replaying.report(replay).figures["changed"]
    replaying.make_ready(replay, quiet)
    for _ in range(2):  # twice is once
        replaying.swap_in(replay)
    after = shown(data)
    assert {len(tags) for tags in after.values()} <= {0, 1}
    assert after != before
    for _ in range(2):
        replaying.swap_out(replay)
    assert contents(data) == stood


def test_what_was_decided_and_read_in_the_meantime_stays(data: DataFolder) -> None:
    replay, replaying = replay_of(data, changes={"most_tags": 1, "fewest_tags": 1}), stage(data)
    replaying.run(replay, quiet)
    slug = next(slug for tags in shown(data).values() for slug in tags)
    renamed = TagDecision(action="rename", slug=slug, text="a name of mine", how="user", made_at=now())
    TagStore(data).add(decisions=[renamed])
    newer = SummaryStore(data).get(THIRD_ID)
    assert newer is not None
    SummaryStore(data).put(newer.model_copy(update={"made_at": now(), "tags": (slug,), "raw_tags": ()}))
    replaying.swap_in(replay)
    assert TagStore(data).index().tags[slug].label == "a name of mine"
    assert shown(data)[THIRD_ID] == (slug,)


def test_a_replay_that_was_cut_off_goes_on(data: DataFolder) -> None:
    class Cut(Exception):
        pass

    def cut(done: int, total: int) -> None:
        if done == 2:
            raise Cut

    replay, replaying = replay_of(data), stage(data)
    with pytest.raises(Cut):
        replaying.run(replay, cut)
    assert SummaryStore(replay.own).count() == 2
    replaying.run(replay, quiet)
    figures = replaying.report(replay).figures
    assert (figures["papers"], figures["left"], figures["changed"]) == (3, 0, [])


def test_a_paper_that_is_not_stored_any_more_keeps_its_tags_and_is_named(data: DataFolder) -> None:
    for path in data.path("metadata").glob("*.csv"):
        path.write_text("\n".join(line for line in path.read_text().splitlines() if THIRD_ID not in line) + "\n")
    replay, replaying, before = replay_of(data, changes={"most_tags": 1, "fewest_tags": 1}), stage(data), shown(data)
    replaying.run(replay, quiet)
    assert replaying.report(replay).figures["failed"] == {THIRD_ID: "its title and abstract are not stored"}
    replaying.swap_in(replay)
    assert shown(data)[THIRD_ID] == before[THIRD_ID]


def doubtful(data: DataFolder) -> None:
    """A model proposed for each paper a phrase that is near to a tag, and not the same."""
    label = "merge sort of cheap long external tape records"
    TagStore(data).add([Tag(slug="merge-sort", label=label, made_at=now())])
    summaries, words = SummaryStore(data), iter(("slow", "quick", "plain"))
    for summary in list(summaries.all()):
        phrase = f"merge sort of {next(words)} long external tape records"
        summaries.put(summary.model_copy(update={"mode": "llm", "raw_tags": (phrase,)}))


def test_a_model_is_asked_what_is_doubtful_and_its_absence_stops_the_replay(data: DataFolder) -> None:
    doubtful(data)

    def says_no(body: Body, number: int) -> Scripted:
        return Scripted(json.dumps({"answers": [{"number": 1, "same_as": "none"}]}))

    def away(body: Body, number: int) -> Scripted:
        return says_no(body, number) if number == 0 else Scripted(status=401, error="no such key")

    prices = {"price_per_million_input": 1.0, "price_per_million_output": 10.0}
    with llm_server(away) as server:
        llm = LlmSettings.model_validate({"base_url": server.url, "model": "small", **prices})
        with pytest.raises(PapersysError, match=r"The replay stops at 2610.0000\d: .*no such key.* goes on from there"):
            stage(data, llm).run(replay_of(data), quiet)
    with llm_server(says_no) as server:
        llm = LlmSettings.model_validate({"base_url": server.url, "model": "small", **prices})
        replaying, replay = stage(data, llm), replay_of(data)
        assert "small decides what is doubtful" in replaying.forecast(replay).lines[0]
        replaying.run(replay, quiet)
        figures: Any = replaying.report(replay).figures
        assert figures["calls"] == len(server.asked) + 1
        assert figures["cost"] > 0
        with pytest.raises(PapersysError, match="have changed since try began"):
            stage(data).forecast(replay)


def test_settings_and_models_that_are_not_there_are_refused(data: DataFolder) -> None:
    with pytest.raises(PapersysError, match="no setting 'most_tag'"):
        stage(data).forecast(replay_of(data, changes={"most_tag": 3}))
    with pytest.raises(PapersysError, match="no language model 'large'"):
        stage(data).forecast(replay_of(data, model="large"))
    request = replay_of(data, model="large", changes={"most_tags": 3})
    assert stage(data).settings(request) == {"summarizer.most_tags": 3, "llm.steps.tag": "large"}
    with pytest.raises(PapersysError, match="nothing to accept"):
        stage(data).make_ready(replay_of(data), quiet)
