"""Programs of node: what they say is kept, what they need is passed on, and who has no node is told what to do."""

import shutil
import sys
from pathlib import Path

import pytest

from services.publisher.site.building import node
from services.publisher.site.building.node import Node, find_node
from shared.errors import PapersysError

PYTHON = Node(Path(sys.executable), Path("npm"))
"""Any program will do."""


def test_a_program_that_fails_is_told_by_its_last_lines(tmp_path: Path) -> None:
    script = "for line in range(30): print('line', line)\nraise SystemExit(1)"
    with pytest.raises(PapersysError) as failure:
        PYTHON.run(("-c", script), tmp_path, tmp_path / "log", timeout_seconds=30)
    assert str(failure.value).splitlines()[0] == "line 18"
    assert str(failure.value).splitlines()[-1] == "line 29"
    assert "line 0" in (tmp_path / "log").read_text()


def test_where_there_is_no_node_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(PapersysError, match=r"papersys\[site\]"):
        find_node()
