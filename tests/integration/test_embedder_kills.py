"""A writer of vectors killed before each thing it does to the disk: what is left is the old state or the new."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from shared.store import embedding_writer
from shared.store.embedding_manifest import Recipe
from shared.store.embedding_writer import Embedded, VectorWriter
from shared.store.embeddings import VectorStore
from shared.store.files import DataFolder

RECIPE = Recipe("test-model", "1", 4, 256)
root = Path(sys.argv[1])
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
        (folder / f"announced-{number}").touch()


def killing_at(step):
    seen = [0]

    def wrap(function):
        def wrapped(*arguments, **keywords):
            seen[0] += 1
            if seen[0] == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **keywords)

        return wrapped

    def torn(function):
        def wrapped(table, where, **keywords):
            seen[0] += 1
            if seen[0] == step:
                Path(where).write_bytes(b"PAR1 half")
                os.kill(os.getpid(), signal.SIGKILL)
            return function(table, where, **keywords)

        return wrapped

    Path.replace, Path.unlink = wrap(Path.replace), wrap(Path.unlink)
    os.fsync, os.link = wrap(os.fsync), wrap(os.link)
    Path.write_bytes, Path.touch = wrap(Path.write_bytes), wrap(Path.touch)
    embedding_writer.pq.write_table = torn(embedding_writer.pq.write_table)


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


step = 0
while True:
    step += 1
    folder = root / str(step)
    folder.mkdir()
    child = os.fork()
    if child == 0:
        killing_at(step)
        puts(folder)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
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
print(step - 1)
"""


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="needs fork")
@pytest.mark.proof
def test_a_writer_killed_at_every_step_leaves_whole_files_and_every_announced_vector(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True, timeout=250, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout) > 40
