"""A site sent by rsync: what its lists mean; with the real program, where it is installed, to a folder and a server."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.publisher.site.deploying.destinations.rsync import RsyncDeployer, changes_in
from services.publisher.site.deploying.manifest import SiteFile
from services.publisher.site.programs import Program
from shared.errors import PermanentFailure, TemporaryFailure
from tests.support.browsing.sites import PAGES, files_in, write_site
from tests.support.bus.ports import free_port

needs_rsync = pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not installed")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path / "site")


def deployer(to: object, password: str = "") -> RsyncDeployer:
    environment = {"RSYNC_PASSWORD": password} if password else {}
    return RsyncDeployer(Program(("rsync",), environment, (password,), 60), str(to))


def test_what_rsync_itemizes() -> None:
    wanted = {name: SiteFile("", size) for name, size in (("a b", 1), ("c", 20), ("ü", 300), ("t", 4_000))}
    told = (
        b"cd+++++++++ 4096 papers/\n>f+++++++++ 1 a b\n<f.st...... 20 c\n>f+++++++++ 300 \\#303\\#274\n"
        b".f...p..... 4000 t\n*deleting   0 old/x.html\nsent 1 bytes\n"
    )
    changes = changes_in(told, wanted)
    assert (changes.new, changes.changed, changes.removed) == (("a b", "ü"), ("c",), ("old/x.html",))
    assert changes.size == 321


@needs_rsync
def test_only_what_differs_goes_up_and_what_others_put_there_stays(site: Path, tmp_path: Path) -> None:
    target = tmp_path / "www"
    assert deployer(target).plan(site).new == tuple(sorted(PAGES))
    assert not target.exists()
    deployer(target).deploy(site)
    assert files_in(target) == PAGES
    assert (target / "papers/2410.00001/index.html").stat().st_mode & 0o777 == 0o644
    write_site(target, {"google123.html": "mine"})
    write_site(site, {"index.html": "new", "ü.html": "new", "rss.xml": None})
    changes = deployer(target).plan(site)
    assert (changes.new, changes.changed, changes.removed) == (("ü.html",), ("index.html",), ("rss.xml",))
    assert files_in(target) == {**PAGES, "google123.html": "mine"}
    deployer(target).deploy(site)
    assert files_in(target) == {**files_in(site), "google123.html": "mine"}
    assert not deployer(target).deploy(site).changes


@needs_rsync
def test_files_of_somebody_else_are_refused(site: Path, tmp_path: Path) -> None:
    target = write_site(tmp_path / "www", {"homepage.html": "mine"})
    with pytest.raises(PermanentFailure, match="holds files that papersys did not put there"):
        deployer(target).deploy(site)
    other = tmp_path / "other"
    deployer(other).deploy(site)
    write_site(other, {"about.html": "mine"})
    write_site(site, {"about.html": "about"})
    with pytest.raises(PermanentFailure, match=r"about\.html was not put there by papersys"):
        deployer(other).deploy(site)


@contextlib.contextmanager
def rsync_server(folder: Path) -> Iterator[int]:
    """A real rsync server with one module `www` and one user, `ada`, whose password is `geheim`."""
    port = free_port()
    (folder / "www").mkdir()
    secrets, configuration = folder / "secrets", folder / "rsyncd.conf"
    secrets.write_text("ada:geheim\n")
    secrets.chmod(0o600)
    configuration.write_text(
        f"use chroot = no\nuid = {os.getuid()}\ngid = {os.getgid()}\n"
        f"[www]\npath = {folder}/www\nread only = no\nauth users = ada\nsecrets file = {secrets}\n"
    )
    command = ["rsync", "--daemon", "--no-detach", f"--config={configuration}", f"--port={port}", "--address=127.0.0.1"]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.02)
        yield port
    finally:
        server.terminate()
        server.wait()


@needs_rsync
def test_a_server_takes_the_site_with_the_right_password_alone(site: Path, tmp_path: Path) -> None:
    with rsync_server(tmp_path) as port:
        to = f"rsync://ada@127.0.0.1:{port}/www/papers"
        with pytest.raises(PermanentFailure, match="auth failed") as refused:
            deployer(to, "falsch").deploy(site)
        assert "falsch" not in str(refused.value)
        deployer(to, "geheim").deploy(site)
        write_site(site, {"rss.xml": None})
        assert deployer(to, "geheim").deploy(site).changes.removed == ("rss.xml",)
    assert files_in(tmp_path / "www" / "papers") == files_in(site)
    with pytest.raises(TemporaryFailure, match="exit code 10"):
        deployer(to, "geheim").deploy(site)
