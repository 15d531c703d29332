"""A world with a few ratings: graphs are liked, proteins are not."""

from pathlib import Path

import pytest

from tests.unit.ranker.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.add_papers(*range(100, 140))
    made.say("like", 100, 104, 108)
    made.say("dislike", 101)
    return made
