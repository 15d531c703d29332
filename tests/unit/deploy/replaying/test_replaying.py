"""A replay's life, with a stage that notes what it is asked: cut off anywhere, it is gone on with."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import JsonValue

from deploy.replaying.replaying import Replaying
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.replays import Progress, Replay, ReplayReport, ReplayRequest

REQUEST = ReplayRequest(stage="rank", changes={"diversity": 0.4})


class NotingStage:
    """Fails at the step it is told to, once."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails_at = ""

    def forecast(self, replay: Replay) -> ReplayReport:
        return ReplayReport(lines=("To do: all.",))

    def run(self, replay: Replay, progress: Progress) -> None:
        self._note("run")
        replay.own.write_text(replay.own.path("made.txt"), "made")

    def report(self, replay: Replay) -> ReplayReport:
        return ReplayReport(lines=("Different.",), figures={"days": 3})

    def make_ready(self, replay: Replay, progress: Progress) -> None:
        self._note("make_ready")

    def swap_in(self, replay: Replay) -> None:
        self._note("swap_in")

    def swap_out(self, replay: Replay) -> None:
        self._note("swap_out")

    def settings(self, replay: Replay) -> dict[str, JsonValue]:
        return {"ranker.diversity": 0.4}

    def _note(self, step: str) -> None:
        if step == self.fails_at:
            self.fails_at = ""
            raise PapersysError(f"cut off at {step}")
        self.asked.append(step)


class NotedSettings:
    def __init__(self) -> None:
        self.values: dict[str, JsonValue] = {"ranker.diversity": 0.2}
        self.fails = False

    def before(self, changes: dict[str, JsonValue]) -> dict[str, JsonValue]:
        return {name: self.values.get(name) for name in changes}

    def adopt(self, changes: dict[str, JsonValue]) -> str:
        if self.fails:
            self.fails = False
            raise PapersysError("cut off at the settings")
        self.values |= changes
        return "changed"


class Room:
    def __init__(self, folder: Path) -> None:
        self.stage, self.settings = NotingStage(), NotedSettings()
        self.data = DataFolder(folder, 0)
        self.replaying = Replaying(self.data, lambda stage: [self.stage], self.settings)

    def run(self) -> str:
        self.replaying.run(REQUEST, "try", quiet)
        return self.state

    @property
    def state(self) -> str:
        return self.replaying.store.open("try").record.state


def quiet(number: int) -> Progress:
    return lambda done, total: None


@pytest.fixture
def here(tmp_path: Path) -> Room:
    return Room(tmp_path)


def until_done(work: Callable[[], object]) -> None:
    """As a person does: the same command again."""
    for _ in range(3):
        try:
            work()
            return
        except PapersysError:
            continue
    raise AssertionError("it never ended")


def test_a_replay_is_made_accepted_and_undone(here: Room) -> None:
    assert here.run() == "done"
    assert here.replaying.store.report("try") == ReplayReport(lines=("Different.",), figures={"days": 3})
    assert here.replaying.accept("try", quiet) == "changed"
    assert (here.state, here.settings.values) == ("accepted", {"ranker.diversity": 0.4})
    assert "already" in here.replaying.accept("try", quiet)
    here.replaying.undo("try")
    assert (here.state, here.settings.values) == ("undone", {"ranker.diversity": 0.2})
    assert here.stage.asked == ["run", "make_ready", "swap_in", "swap_out"]


@pytest.mark.parametrize("step", ["make_ready", "swap_in", "settings"])
def test_an_acceptance_that_was_cut_off_is_gone_on_with_and_can_be_undone(here: Room, step: str) -> None:
    here.run()
    here.stage.fails_at, here.settings.fails = step, step == "settings"
    until_done(lambda: here.replaying.accept("try", quiet))
    assert (here.state, here.settings.values) == ("accepted", {"ranker.diversity": 0.4})
    assert here.stage.asked.count("make_ready") == 1
    here.stage.fails_at = "swap_out"
    until_done(lambda: here.replaying.undo("try"))
    assert (here.state, here.settings.values) == ("undone", {"ranker.diversity": 0.2})


def test_what_is_not_done_is_neither_accepted_nor_undone(here: Room) -> None:
    here.stage.fails_at = "run"
    with pytest.raises(PapersysError, match="cut off"):
        here.run()
    assert here.state == "begun"
    with pytest.raises(PapersysError, match="is not done"):
        here.replaying.accept("try", quiet)
    with pytest.raises(PapersysError, match="nothing to undo"):
        here.replaying.undo("try")
    assert here.run() == "done"


def test_a_name_stands_for_one_replay(here: Room) -> None:
    here.run()
    other = REQUEST.model_copy(update={"changes": {"diversity": 0.9}})
    with pytest.raises(PapersysError, match="of something else"):
        here.replaying.run(other, "try", quiet)
    here.replaying.accept("try", quiet)
    with pytest.raises(PapersysError, match="is accepted"):
        here.run()
    with pytest.raises(PapersysError, match="cannot be the name"):
        here.replaying.run(REQUEST, "../etc", quiet)
    with pytest.raises(PapersysError, match="there are: try"):
        here.replaying.store.open("none")


def test_a_replay_is_dropped_but_not_by_mistake_while_it_is_in_use(here: Room) -> None:
    here.run()
    here.replaying.accept("try", quiet)
    with pytest.raises(PapersysError, match="--force"):
        here.replaying.drop("try")
    here.replaying.drop("try", force=True)
    assert here.replaying.store.all() == []
    assert not here.data.path("replays", "try").exists()


def test_two_processes_do_not_work_on_one_replay(here: Room) -> None:
    with here.data.lock("replay-try"), pytest.raises(PapersysError, match="Another process works on try"):
        here.run()
