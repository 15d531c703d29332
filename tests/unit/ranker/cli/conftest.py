"""A small world that the commands see as theirs."""

from pathlib import Path

import pytest

from tests.support.bus.ports import free_port
from tests.unit.ranker.world import World

SETTINGS = """
[data]
path = "{folder}"
min_free_mb = 0

[bus]
port = {port}

[embedding]
model = "test"

[embedding.models.test]
name = "test"
dimension = 16

[ranker]
per_day = 3
explore = 0
audit = 0
"""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """160 papers of four topics, no ratings; the settings file names them, and no system is running."""
    made = World(tmp_path / "data")
    made.add_papers(*range(1, 161))
    settings = tmp_path / "papersys.toml"
    settings.write_text(SETTINGS.format(folder=tmp_path / "data", port=free_port()))
    monkeypatch.setenv("PAPERSYS_CONFIG", str(settings))
    monkeypatch.chdir(tmp_path)
    return made
