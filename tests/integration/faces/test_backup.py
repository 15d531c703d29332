"""Backups by the real restic: to each kind of storage, while the folder is written, after a kill, beside others'."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from deploy.backup.backups import Backups
from deploy.backup.restoring import Restore, Restored, chosen_snapshot
from deploy.backup.soundness import problems_of
from deploy.data_versions.migrating import FolderMigration
from deploy.data_versions.migrations import Migration
from shared.contracts import FeedbackLabel
from shared.errors import PapersysError
from shared.settings.sections.backup import BackupSettings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping import folder_version
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.summaries import SummaryStore
from shared.store.people.preferences import RatingStore, ratings_of
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.writer import VectorWriter
from tests.support.checks.waiting import eventually_sync
from tests.support.folders.seed import paper, seed
from tests.support.papers.vectors import RECIPE, embedded

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(shutil.which("restic") is None, reason="restic is not installed"),
]
_OWN = {("state", "locks"), ("state", "selections"), ("cache", "restic")}
"""In no backup."""
SFTP_SERVER = Path("/usr/lib/openssh/sftp-server")
KINDS = ["folder", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("s3", "sftp", "rclone"))]


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """Papers, picks, summaries, ratings and vectors."""
    folder = seed(tmp_path / "data")
    VectorWriter(folder, "m", RECIPE).put(embedded([f"2611.{number:05}" for number in range(50)]))
    return folder


@pytest.fixture
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def opened(data: DataFolder, repository: object, **settings: object) -> Backups:
    values = {"repository": str(repository), "password": "a password", **settings}
    return Backups(data, BackupSettings.model_validate(values))


def restored(backups: Backups, target: Path, backup: str = "latest") -> Restored:
    snapshot = chosen_snapshot(backups.restic.snapshots(), backup, None)
    return Restore(backups.restic, snapshot, target).run()


def files_of(folder: Path) -> dict[str, bytes]:
    """What counts of a folder: the record of the backup itself comes after it."""
    paths = [path for path in folder.rglob("*") if path.is_file() and "backup" not in path.parts]
    kept = [path for path in paths if path.relative_to(folder).parts[:2] not in _OWN]
    return {str(path.relative_to(folder)): path.read_bytes() for path in kept}


def repository_of(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3: str) -> dict[str, object]:
    """The settings for a storage of this kind, on this machine."""
    if kind == "s3":
        credentials = tmp_path / "credentials"
        credentials.write_text("AWS_ACCESS_KEY_ID=key\nAWS_SECRET_ACCESS_KEY=word\n")
        return {"repository": f"s3:{s3}/bucket/papers", "credentials_file": credentials}
    if kind == "sftp":  # ssh itself is left out: its program serves files to whoever starts it
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "ssh").write_text(f"#!/bin/sh\nexec {SFTP_SERVER}\n")
        (tmp_path / "bin" / "ssh").chmod(0o700)
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
        return {"repository": f"sftp:me@host:{tmp_path}/sftp"}
    if kind == "rclone":
        monkeypatch.setenv("RCLONE_CONFIG_HERE_TYPE", "local")
        return {"repository": f"rclone:here:{tmp_path}/rclone"}
    return {"repository": str(tmp_path / "folder")}


@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_comes_back_as_it_was_from_each_kind_of_storage(
    kind: str, data: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3: str
) -> None:
    if (kind == "sftp" and not SFTP_SERVER.exists()) or (kind == "rclone" and not shutil.which("rclone")):
        pytest.skip(f"{kind} is not installed")
    backups = opened(data, **repository_of(kind, tmp_path, monkeypatch, s3))
    assert backups.restic.create()
    record = backups.make()
    assert (record.problem, record.remark) == ("", "")
    assert backups.check(100).check_problem == ""
    assert files_of(restored(backups, tmp_path / "new").data) == files_of(data.root)


def test_backups_made_while_everything_is_written_are_each_of_one_moment(data: DataFolder, tmp_path: Path) -> None:
    """Papers are stored, then their vectors, then ratings of them: no copy has the later without the earlier."""
    stop, writer = threading.Event(), VectorWriter(data, "m", RECIPE, max_parts=2)
    metadata, ratings = MetadataStore(data), RatingStore(data)

    def write_on() -> None:
        for number in range(1, 10_000):
            paper_id = f"2611.{10_000 + number}"
            metadata.put([_paper(paper_id)])
            writer.put(embedded([paper_id], seed=number))
            ratings.append(ratings_of(FeedbackLabel(paper_ids=(paper_id,), label="like", source="cli")))
            if number % 5 == 0:
                writer.compact_fully()
            if stop.is_set():
                return

    backups = opened(data, tmp_path / "repository")
    backups.restic.create()
    thread = threading.Thread(target=write_on)
    thread.start()
    try:
        made = [backups.make().snapshot for _ in range(2)]
    finally:
        stop.set()
        thread.join()
    for snapshot in made:
        copy = DataFolder(restored(backups, tmp_path / snapshot, snapshot).data, 0)
        assert list(problems_of(copy)) == []
        papers = {stored.paper_id for stored in MetadataStore(copy).all()}
        rated = set(RatingStore(copy).current())
        new = {paper_id for paper_id in VectorStore(copy, "m", cached=False).all().ids if paper_id >= "2611.1"}
        assert new <= papers
        assert {paper_id for paper_id in rated if paper_id >= "2611.1"} <= new
        assert {summary.paper_id for summary in SummaryStore(copy).all()} <= papers


def _paper(paper_id: str) -> Paper:
    return replace(paper("2611.00101"), paper_id=paper_id)


@pytest.mark.parametrize("number", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_a_backup_that_is_killed_is_made_by_the_next_one(data: DataFolder, tmp_path: Path, number: int) -> None:
    data.write_bytes(data.path("documents", "big", "v1", "source"), os.urandom(60_000_000))
    settings = tmp_path / "papersys.toml"
    settings.write_text(
        f'[data]\npath = "data"\n[backup]\nrepository = "{tmp_path}/repository"\npassword_file = "word"\n'
    )
    (tmp_path / "word").write_text("a password\n")
    backups = opened(data, tmp_path / "repository")
    backups.restic.create()
    environment = {**os.environ, "PAPERSYS_CONFIG": str(settings), "PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, "-m", "deploy.cli", "backup", "now"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        packs = tmp_path / "repository" / "data"
        eventually_sync(lambda: any(path.is_file() for path in packs.rglob("*")), 60, "restic stores")
        process.send_signal(number)
    assert process.returncode != 0
    assert backups.restic.snapshots() == []
    assert data.path("state", "backup", "staging").exists() == (number == signal.SIGKILL)
    assert backups.make().failures == 0
    assert not data.path("state", "backup", "staging").exists()
    assert backups.check().check_problem == ""


@pytest.mark.slow
def test_old_backups_are_dropped_and_those_of_others_in_the_same_repository_stay(
    data: DataFolder, tmp_path: Path
) -> None:
    backups = opened(data, tmp_path / "repository", keep_weekly=0, keep_monthly=0, keep_yearly=0, keep_daily=2)
    backups.restic.create()
    other = tmp_path / "other"
    other.mkdir()
    environment = {**os.environ, "RESTIC_PASSWORD": "a password", "RESTIC_REPOSITORY": str(tmp_path / "repository")}
    subprocess.run(["restic", "backup", str(other)], env=environment, check=True, capture_output=True)
    kept = []
    for day in range(5):
        data.write_text(data.path("notes", "me", "1.md"), f"day {day}")
        kept.append(backups.make().snapshot)
    left = [snapshot.short_id for snapshot in backups.restic.snapshots()]
    assert left == kept[-3:]
    listed = subprocess.run(["restic", "snapshots"], env=environment, check=True, capture_output=True, text=True)
    assert str(other) in listed.stdout


@pytest.mark.slow
def test_what_goes_wrong_is_recorded_and_forgotten_after_the_next_success(data: DataFolder, tmp_path: Path) -> None:
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    backups = opened(data, tmp_path / "repository")
    backups.clock = lambda: moment
    for failures in (1, 2):
        with pytest.raises(PapersysError, match="backup init"):
            backups.make()
        record = backups.records.last()
        assert (record.failures, record.tried_at, record.made_at) == (failures, moment, None)
    backups.restic.create()
    moment += timedelta(hours=1)
    record = backups.make("scheduled")
    assert (record.failures, record.problem, record.made_at) == (0, "", moment)
    [snapshot] = backups.restic.snapshots()
    assert (snapshot.why, snapshot.hostname, snapshot.version) == ("scheduled", socket.gethostname(), "0.1.0")
    wrong = opened(data, tmp_path / "repository", password="another")
    with pytest.raises(PapersysError, match="password does not open"):
        wrong.make()


@pytest.mark.slow
def test_a_damaged_repository_is_found_by_a_check_and_said(data: DataFolder, tmp_path: Path) -> None:
    backups = opened(data, tmp_path / "repository")
    backups.restic.create()
    backups.make()
    pack = max((path for path in (tmp_path / "repository" / "data").rglob("*") if path.is_file()), key=os.path.getsize)
    content = bytearray(pack.read_bytes())
    content[len(content) // 3] ^= 1
    pack.chmod(0o600)
    pack.write_bytes(content)
    with pytest.raises(PapersysError, match=r"are damaged; your data folder is not\. .* backup init OTHER"):
        backups.check(100)
    assert "contains errors" in backups.records.last().check_problem


@pytest.mark.slow
def test_a_migration_makes_a_backup_first_that_is_kept(
    data: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_version, "LAYOUT", 2)
    backups = opened(data, tmp_path / "repository", keep_weekly=0, keep_monthly=0, keep_yearly=0, keep_daily=1)
    backups.restic.create()
    before = files_of(data.root)

    def rewrite(folder: DataFolder) -> None:
        folder.write_text(folder.path("preferences", "events-2026.csv"), "all gone\n")

    step = Migration(2, "forgets everything", rewrite)
    version = FolderMigration(data, backups.settings, lambda text: None, migrations=(step,)).run()
    for _ in range(4):
        backups.make()
    [kept] = [snapshot for snapshot in backups.restic.snapshots() if snapshot.why == "migration"]
    assert version.migrations[0].copy_before == f"backup {kept.short_id}"
    after = files_of(restored(backups, tmp_path / "before", kept.id).data)
    assert {name: after[name] for name in before} == before
