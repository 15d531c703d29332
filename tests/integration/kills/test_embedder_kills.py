"""A writer of vectors killed before each thing it does to the disk: what is left is the old state or the new."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import errno, io, os, sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from shared.errors import TemporaryFailure
from shared.store.vectors import snapshot as embedding_snapshot
from shared.store.vectors.manifest import Recipe
from shared.store.vectors.writer import Embedded, VectorWriter
from shared.store.vectors.snapshot import SnapshotKeeper
from shared.store.vectors.embeddings import VectorStore
from shared.store.files.data_folder import DataFolder

os.fsync = lambda descriptor: None  # a killed process loses nothing that it wrote; waiting for the disk takes minutes
RECIPE = Recipe("test-model", "1", 4, 256)
root = Path(sys.argv[1])
embedding_snapshot.LEAST_ROWS, embedding_snapshot.SPARE_ROWS, embedding_snapshot._REFRESH_ROWS = 2, 4, 0
ROUNDS = [["2401.00001", "2401.00002"], ["2401.00003"], ["2401.00002", "2402.00001"], ["2401.00004", "2312.00001"]]


def embedded(number):
    ids = ROUNDS[number]
    matrix = np.random.default_rng(number).normal(size=(len(ids), 4)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    return Embedded(ids, matrix, [f"{number}-{one}" for one in ids], "test", datetime.now(UTC))


def expected(rounds):
    return {one: f"{number}-{one}" for number in range(rounds) for one in ROUNDS[number]}


def puts(folder):
    writer = VectorWriter(DataFolder(folder, 0), "tiny", RECIPE, max_parts=1)
    for number in range(len(ROUNDS)):
        writer.put(embedded(number))
        os.close(os.open(folder / f"announced-{number}", os.O_CREAT))
        writer.compact()
        SnapshotKeeper(DataFolder(folder, 0), "tiny").refresh()


def failing_at(step, full):
    # At the step-th write, sync, rename, link or removal: half of the write is done, and then the process is gone.
    # With `full`, the disk is full from then on instead, till `room` is set.
    state = {"seen": 0, "room": False}

    def due():
        state["seen"] += 1
        return not state["room"] and (state["seen"] >= step if full else state["seen"] == step)

    def fail():
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")
        os._exit(9)

    def wrap(function):
        def wrapped(*arguments, **keywords):
            if due():
                fail()
            return function(*arguments, **keywords)

        return wrapped

    class Torn(io.FileIO):
        def write(self, content):
            if due():
                view = memoryview(content).cast("B")
                super().write(view[: len(view) // 2])
                fail()
            return super().write(content)

    honest_open = Path.open

    def torn_open(path, mode="r", *arguments, **keywords):
        return Torn(path, mode) if set(mode) & set("wax+") else honest_open(path, mode, *arguments, **keywords)

    Path.open = torn_open
    Path.replace = wrap(Path.replace)
    os.fsync, os.link = wrap(os.fsync), wrap(os.link)
    if not full:
        Path.unlink = wrap(Path.unlink)
    return state


def check(folder, step):
    announced = len(list(folder.glob("announced-*")))
    store = VectorStore(DataFolder(folder, 0), "tiny")
    ids, matrix = store.all()
    found = store.hashes(ids)
    assert len(ids) == len(matrix) == store.count(), (step, ids, store.count())
    # A round is stored year by year, so between two announcements there may be a part of the next round, never less.
    before, after = expected(announced), expected(min(announced + 1, len(ROUNDS)))
    for one in before.keys() | found.keys():
        assert found.get(one) in (before.get(one), after.get(one)) and found.get(one), (step, one, found)
    puts(folder)
    store = VectorStore(DataFolder(folder, 0), "tiny")
    assert store.hashes(store.all().ids) == expected(len(ROUNDS)), step
    named = {file.name for file in store.manifest.files} | {"manifest.json"}
    assert {path.name for path in store.folder.iterdir()} == named, step
    plain = VectorStore(DataFolder(folder, 0), "tiny", cached=False).all()
    assert dict(zip(*map(list, store.all()))).keys() == set(plain.ids)
    for one in plain.ids:
        assert np.array_equal(store.get([one]).matrix, store.all().matrix[[store.all().ids.index(one)]]), (step, one)


def on_a_full_disk(folder, state):
    # A failure is told as one that may pass, leaves what was announced, and work goes on when there is room.
    try:
        puts(folder)
    except TemporaryFailure as error:
        assert "No space left" in str(error), error
        store = VectorStore(DataFolder(folder, 0), "tiny")
        announced = len(list(folder.glob("announced-*")))
        assert expected(announced).keys() <= store.hashes(store.all().ids).keys()
        assert not list(store.folder.glob(".*.tmp")), "drafts were left"
        state["room"] = True
        puts(folder)
        return 1
    return 0


full = sys.argv[2] == "full"
stride = int(sys.argv[3])
step = 1 - stride
while True:
    step += stride
    folder = root / str(step)
    folder.mkdir()
    child = os.fork()
    if child == 0:
        try:
            state = failing_at(step, full)
            os._exit(on_a_full_disk(folder, state) if full else puts(folder) or 0)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(2)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 1, 9), (step, status)
    checker = os.fork()
    if checker == 0:
        try:
            check(folder, step)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    assert os.waitpid(checker, 0)[1] == 0, f"step {step}"
    if status == 0:
        break
print(step)
"""


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="needs fork")
@pytest.mark.proof
@pytest.mark.timeout(600)
@pytest.mark.parametrize("how", ["killed", "full"])
def test_a_writer_killed_or_out_of_disk_at_any_step_leaves_whole_files_and_every_announced_vector(
    tmp_path: Path, how: str
) -> None:
    """Every fifth step; every single one where kills are what is wanted (`make chaos`)."""
    stride = "1" if "PAPERSYS_KILLS" in os.environ else "9"
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), how, stride]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=580, check=False)
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout) > 60
