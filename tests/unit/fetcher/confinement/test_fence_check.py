from pathlib import Path

import pytest

from services.fetcher.confinement import bubblewrap
from services.fetcher.confinement.fence_check import holds
from services.fetcher.confinement.launching import Fence

pytestmark = pytest.mark.attack


def test_a_bubblewrap_that_only_pretends_does_not_hold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    liar = tmp_path / "bwrap"
    liar.write_text('#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n')
    liar.chmod(0o755)
    monkeypatch.setattr(bubblewrap, "PROGRAM", str(liar))
    assert not holds("bubblewrap")


def test_the_fence_of_a_test_run_holds(fence: Fence) -> None:
    assert holds(fence)
