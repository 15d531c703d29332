"""A deploy reads one build, whichever is published meanwhile."""

import shutil
from pathlib import Path

import pytest

from services.publisher.site.deploying.snapshot import snapshot_of
from shared.errors import PermanentFailure
from shared.store.files.data_folder import DataFolder
from tests.support.browsing.sites import PAGES, files_in, write_site


def test_a_link_to_another_build_changes_nothing_about_a_snapshot(tmp_path: Path) -> None:
    data, public = DataFolder(tmp_path, 0), tmp_path / "public"
    public.symlink_to(write_site(tmp_path / "build-1"))
    with snapshot_of(public, data) as copy:
        public.unlink()
        public.symlink_to(write_site(tmp_path / "build-2", {"index.html": "new"}))
        shutil.rmtree(tmp_path / "build-1")
        assert files_in(copy) == PAGES
    assert not copy.exists()
    with snapshot_of(public, data) as copy:
        assert files_in(copy) == {"index.html": "new"}


def test_what_is_no_site_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PermanentFailure, match="no built site"), snapshot_of(tmp_path / "public", DataFolder(tmp_path)):
        pass
