"""Which fence is chosen, and what happens where there is none."""

from pathlib import Path

import httpx
import pytest

from services.fetcher.app import create_app
from services.fetcher.confinement import bubblewrap, fences, landlock
from services.fetcher.documents.engines import latexml, pandoc
from services.fetcher.settings import Settings

pytestmark = pytest.mark.attack


@pytest.fixture
def chosen_anew(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    fences.available_fence.cache_clear()
    monkeypatch.delenv("CONFINED_BY", raising=False)
    return monkeypatch


@pytest.mark.skipif(not landlock.is_usable(), reason="this kernel has no Landlock")
def test_without_bubblewrap_landlock_is_the_fence(chosen_anew: pytest.MonkeyPatch) -> None:
    chosen_anew.setattr(bubblewrap, "is_installed", lambda: False)
    assert fences.available_fence() == "landlock"
    assert fences.unconfined_note() is None


@pytest.mark.skipif(not landlock.is_usable(), reason="this kernel has no Landlock")
def test_a_bubblewrap_that_may_not_make_namespaces_is_not_the_fence(
    chosen_anew: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    chosen_anew.setattr(bubblewrap, "PROGRAM", str(broken))
    assert fences.available_fence() == "landlock"


def test_where_nothing_confines_latexml_is_not_used_and_a_note_says_so(chosen_anew: pytest.MonkeyPatch) -> None:
    chosen_anew.setattr(bubblewrap, "is_installed", lambda: False)
    chosen_anew.setattr(landlock, "is_usable", lambda: False)
    assert fences.available_fence() is None
    assert "LaTeXML and marker are not used" in (fences.unconfined_note() or "")
    assert not latexml.is_usable()
    assert latexml.page_of("x", seconds=5, memory_mb=500) == "LaTeXML cannot be confined here"
    assert pandoc.to_markdown("A word", "latex", seconds=10, memory_mb=1_000).markdown == "A word\n"
    fences.available_fence.cache_clear()


async def test_where_nothing_confines_the_fetchers_health_page_says_so(
    chosen_anew: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    chosen_anew.setattr(bubblewrap, "is_installed", lambda: False)
    chosen_anew.setattr(landlock, "is_usable", lambda: False)
    app = create_app(Settings.model_validate({"data": {"path": tmp_path, "min_free_mb": 0}}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1") as client:
        notes = (await client.get("/health/ready")).json()["notes"]
    assert "LaTeXML and marker are not used" in notes["converters"]
    fences.available_fence.cache_clear()
