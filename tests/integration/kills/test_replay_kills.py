"""A change of the embedding model, killed before each thing it does to the disk: the settings never name half a set."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import os, shutil, sys
from pathlib import Path

import numpy as np

from deploy.configuration import load_system_settings
from deploy.replaying.replaying import Replaying
from deploy.replaying.settings_adoption import SettingsFile
from services.embedder import commands, replay
from services.embedder.replay import EmbedReplay
from services.embedder.settings import Settings
from shared.errors import PapersysError
from shared.settings.settings import load_settings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.keeping.replays import ReplayRequest
from shared.store.vectors.embeddings import VectorStore
from tests.support.papers.embedder import CountingEncoder, paper

root, every = Path(sys.argv[1]), int(sys.argv[2])
IDS = ["2312.00001", "2401.00001", "2402.00001"]
TEXT = '''# mine
[data]
path = "data"
min_free_mb = 1

[embedding.models.minilm]
dimension = 8

[embedding.models.wide]
name = "wide"
dimension = 16
'''
replay._CHUNK = 1
commands.open_encoder = replay.open_encoder = lambda model, threads: CountingEncoder(model.dimension)
honest_sync = os.fsync
os.fsync = lambda descriptor: None  # a killed process loses nothing that it wrote


def replaying(folder):
    settings = load_settings(Settings, folder / "papersys.toml", {})
    file = SettingsFile(folder / "papersys.toml", load_system_settings(folder / "papersys.toml"), 0.01)
    return Replaying(DataFolder(folder / "data", 0), lambda stage: [EmbedReplay(settings)], file)


def change_the_model(folder):
    # What a person does who runs the command again after each kill.
    at_work, request = replaying(folder), ReplayRequest(stage="embed", model="wide")
    known = at_work.store.find("embed-wide")
    if known is None or known.record.state == "begun":
        at_work.run(request, "embed-wide", lambda number: lambda done, total: None)
    at_work.accept("embed-wide", lambda number: lambda done, total: None)


def dying_at(step):
    seen = 0

    def wrap(function):
        def wrapped(*arguments, **keywords):
            nonlocal seen
            seen += 1
            if seen == step:
                os._exit(9)
            return function(*arguments, **keywords)

        return wrapped

    Path.replace, Path.unlink, Path.mkdir = wrap(Path.replace), wrap(Path.unlink), wrap(Path.mkdir)
    Path.write_bytes, shutil.copy2 = wrap(Path.write_bytes), wrap(shutil.copy2)


def check(folder, step):
    settings = load_settings(Settings, folder / "papersys.toml", {})
    data = DataFolder(folder / "data", 0)
    assert VectorStore(data, "minilm").all().ids == IDS, step
    in_use = VectorStore(data, settings.embedding.model)
    assert in_use.all().ids == IDS, (step, settings.embedding.model)
    assert (folder / "papersys.toml").read_text().startswith("# mine"), step


def seeded(folder):
    (folder / "data").mkdir(parents=True)
    (folder / "papersys.toml").write_text(TEXT)
    MetadataStore(DataFolder(folder / "data", 0)).put([paper(one, title=one) for one in IDS])
    commands.embed(load_settings(Settings, folder / "papersys.toml", {}))


def in_a_child(work):
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


seeded(root / "fresh")
whole = root / "whole"
shutil.copytree(root / "fresh", whole)
assert in_a_child(lambda: change_the_model(whole)) == 0
reference = VectorStore(DataFolder(whole / "data", 0), "wide").all()
step, killed = 1, 0
while True:
    folder = root / f"step-{step}"
    shutil.copytree(root / "fresh", folder)

    def dies():
        dying_at(step)
        change_the_model(folder)

    code = in_a_child(dies)
    assert code in (0, 9), (step, code)
    check(folder, step)
    assert in_a_child(lambda: change_the_model(folder)) == 0, step
    check(folder, step)
    assert load_settings(Settings, folder / "papersys.toml", {}).embedding.model == "wide", step
    made = VectorStore(DataFolder(folder / "data", 0), "wide").all()
    assert made.ids == reference.ids and np.array_equal(made.matrix, reference.matrix), step
    shutil.rmtree(folder)
    if code == 0:
        break
    killed, step = killed + 1, step + every
assert killed, "nothing was killed"
print(f"killed {killed} times, to step {step}")
"""


@pytest.mark.proof
def test_a_change_of_the_model_killed_anywhere_never_leaves_settings_that_name_half_a_set(tmp_path: Path) -> None:
    every = "1" if os.environ.get("PAPERSYS_KILLS") == "all" else "9"
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path), every],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=540,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    assert "killed" in run.stdout
