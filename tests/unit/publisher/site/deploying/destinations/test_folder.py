"""A site copied into a folder."""

import os
from pathlib import Path

import pytest

from services.publisher.site.deploying.destinations.folder import INCOMING, FolderDeployer
from services.publisher.site.deploying.manifest import LISTING
from shared.errors import PermanentFailure, TemporaryFailure
from tests.support.browsing.sites import PAGES, files_in, write_site


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path / "site")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "www"


def test_the_folder_gets_exactly_the_site_and_others_may_read_it(site: Path, target: Path) -> None:
    deployer = FolderDeployer(target)
    assert deployer.plan(site).new == tuple(sorted(PAGES))
    assert not target.exists()
    old_mask = os.umask(0o077)
    try:
        deployed = deployer.deploy(site)
    finally:
        os.umask(old_mask)
    assert len(deployed.changes.new) == len(PAGES)
    assert files_in(target) == PAGES
    assert (target / "papers/2410.00001/index.html").stat().st_mode & 0o777 == 0o644
    assert (target / "papers").stat().st_mode & 0o777 == 0o755
    assert not (target / INCOMING).exists()


def test_only_what_differs_is_written_and_what_others_put_there_stays(site: Path, target: Path) -> None:
    FolderDeployer(target).deploy(site)
    write_site(target, {"papers/notes.txt": "mine", "google123.html": "mine"})
    style = (target / "assets/style.css").stat()
    write_site(site, {"index.html": "<h1>New</h1>", "papers/2410.00001/index.html": None, "rss.xml": None})
    write_site(target, {"tags/graphs & nets/index.html": "spoilt"})
    changes = FolderDeployer(target).plan(site)
    assert changes.changed == ("index.html", "tags/graphs & nets/index.html")
    assert changes.removed == ("papers/2410.00001/index.html", "rss.xml")
    assert changes.size == len("<h1>New</h1>") + len(PAGES["tags/graphs & nets/index.html"])
    FolderDeployer(target).deploy(site)
    assert files_in(target) == {**files_in(site), "papers/notes.txt": "mine", "google123.html": "mine"}
    assert (target / "assets/style.css").stat().st_mtime_ns == style.st_mtime_ns
    assert not (target / "papers/2410.00001").exists()
    assert not FolderDeployer(target).deploy(site).changes


def test_a_folder_with_files_of_somebody_else_is_refused(site: Path, target: Path) -> None:
    write_site(target, {"index.html": "the homepage"})
    with pytest.raises(PermanentFailure, match=r"'index.html' and more that papersys did not put there"):
        FolderDeployer(target).deploy(site)
    assert files_in(target) == {"index.html": "the homepage"}


def test_a_file_of_somebody_else_is_never_overwritten(site: Path, target: Path) -> None:
    FolderDeployer(target).deploy(site)
    write_site(target, {"about/index.html": "mine"})
    write_site(site, {"about/index.html": "<h1>About</h1>"})
    with pytest.raises(PermanentFailure, match=r"about/index\.html was not put there by papersys"):
        FolderDeployer(target).deploy(site)


def test_nothing_is_written_through_a_link(site: Path, target: Path, tmp_path: Path) -> None:
    target.mkdir()
    (tmp_path / "elsewhere").mkdir()
    FolderDeployer(target).deploy(site)
    write_site(site, {"days/1.html": "x"})
    (target / "days").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermanentFailure, match="is a link"):
        FolderDeployer(target).deploy(site)


def test_the_data_folder_is_no_place_for_it(site: Path, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "site" / "www"):
        with pytest.raises(PermanentFailure, match="overlaps the data folder"):
            FolderDeployer(folder, own=(site,)).deploy(site)


def test_a_failure_in_the_middle_puts_everything_back(
    site: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FolderDeployer(target).deploy(site)
    write_site(site, {"index.html": "new", "about.html": "new", "assets/style.css": "new", "rss.xml": None})
    replace = Path.replace

    def fail_at_the_front_page(path: Path, place: Path) -> Path:
        if place == target / "index.html" and "new" in path.parts:
            raise OSError(28, "No space left on device", str(place))
        return replace(path, place)

    monkeypatch.setattr(Path, "replace", fail_at_the_front_page)
    with pytest.raises(TemporaryFailure, match=r"No space left on device .*; what is published there is as it was"):
        FolderDeployer(target).deploy(site)
    assert files_in(target) == PAGES
    monkeypatch.undo()
    FolderDeployer(target).deploy(site)
    assert files_in(target) == files_in(site)


def test_whoever_is_killed_anywhere_is_finished_by_the_next(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every call that changes something at the destination is the last one once."""
    for moment in range(40):
        target = tmp_path / f"www{moment}"
        FolderDeployer(target).deploy(write_site(tmp_path / f"site{moment}"))
        changed = {"index.html": "new", "about/index.html": "new", "rss.xml": None, "assets/style.css": "newer"}
        wanted = write_site(tmp_path / f"site{moment}", changed)
        with monkeypatch.context() as patch:
            is_through = _die_at(moment, patch, FolderDeployer(target), wanted)
        shown = files_in(target)
        assert all(shown[path] in (PAGES[path], changed.get(path)) for path in PAGES if path in shown), moment
        FolderDeployer(target).deploy(wanted)
        assert files_in(target) == files_in(wanted), moment
        assert not (target / INCOMING).exists()
        assert (target / LISTING).exists()
        if is_through:
            return
    pytest.fail("The deploy never came to its end.")


class _Killed(BaseException):
    """Nothing that handles errors sees it."""


def _die_at(moment: int, patch: pytest.MonkeyPatch, deployer: FolderDeployer, site: Path) -> bool:
    steps = 0

    def counted(name: str, owner: object) -> None:
        call = getattr(owner, name)

        def step(*arguments: object, **named: object) -> object:
            nonlocal steps
            steps += 1
            if steps > moment:
                raise _Killed
            return call(*arguments, **named)

        patch.setattr(owner, name, step)

    for owner, names in ((Path, ("replace", "rename", "unlink", "mkdir", "write_text")), (os, ("link",))):
        for name in names:
            counted(name, owner)
    try:
        deployer.deploy(site)
    except _Killed:
        return False
    return True
