"""What tests of confined converters begin with: each fence of this machine, and a secret that must not get out."""

from pathlib import Path

import pytest

from services.fetcher.confinement import fences
from services.fetcher.confinement.launching import Fence
from tests.support.checks.fences import demand

SECRET = "sesamesecret"
WORDS = " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(120))
FENCES: tuple[Fence, ...] = ("bubblewrap", "landlock")


@pytest.fixture(params=FENCES)
def fence(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Fence:
    """Each fence that this machine has, as the one that is chosen."""
    name: Fence = request.param
    demand(name)
    monkeypatch.setattr(fences, "available_fence", lambda: name)
    return name


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file outside a program's own folder; the same secret is in this process's environment."""
    monkeypatch.setenv("PAPERSYS_BUS__PASSWORD", SECRET)
    path = tmp_path / "outside" / "secret.tex"
    path.parent.mkdir()
    path.write_text(f"{SECRET} is a word", "utf-8")
    return path
