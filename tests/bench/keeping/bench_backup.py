"""Backups of years of papers: the first, one with nothing new, one after a day; check and restore, beside plain copies.

python -m tests.bench.keeping.bench_backup [--papers 300000] [--summaries 10000] [--folder DIR] [--scratch DIR]

Prints a table and JSON; asserts nothing. Plainly: `cp -r` of the folder, `tar | zstd`, `rsync` after the day.
"""

import json
import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

from deploy.backup.backups import Backups
from deploy.backup.restoring import Restore, chosen_snapshot
from shared.settings.sections.backup import BackupSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore
from shared.store.selections import SelectionStore
from tests.bench.keeping.large_folder import (
    Cost,
    Row,
    cost_of,
    large_folder,
    options_of,
    plain_copy,
    put_vectors,
    size_of,
    table_of,
)
from tests.bench.pages.bench_reader import LAST, candidate, paper

A_DAY, READ = 800, 10


def main() -> None:
    options = options_of(__doc__)
    with large_folder(options) as (folder, scratch):
        rows: dict[str, Row] = {}
        data = DataFolder(scratch / "data", 0)
        copied = cost_of(lambda: plain_copy(folder, data.root))
        packed = cost_of(lambda: pack(data.root, scratch / "packed.tar.zst"))
        settings = {"repository": str(scratch / "repository"), "password": "a password"}
        backups = Backups(data, BackupSettings.model_validate(settings))
        backups.restic.create()
        rows["first backup"] = Row(cost_of(backups.make), packed, "tar, zstd -3")
        first, mirror = size_of(scratch / "repository"), scratch / "mirror"
        rows["with nothing new"] = Row(cost_of(backups.make), synced(data.root, mirror, twice=True), "rsync -a")
        live_a_day(data)
        rows["after a day"] = Row(cost_of(backups.make), synced(data.root, mirror), "rsync -a")
        added = size_of(scratch / "repository") - first
        rows["check, all of it read"] = Row(cost_of(lambda: backups.check(100)), unpack(scratch, test=True), "zstd -t")
        snapshot = chosen_snapshot(backups.restic.snapshots(), "latest", None)
        restored = cost_of(Restore(backups.restic, snapshot, scratch / "restored").run)
        rows["restore, each file compared"] = Row(restored, unpack(scratch), "tar, zstd")
        sizes = {
            "folder, MB": size_of(folder) / 1e6,
            "repository, MB": first / 1e6,
            "tar.zst, MB": (scratch / "packed.tar.zst").stat().st_size / 1e6,
            "added by a day, MB": added / 1e6,
            "cp -r, s": copied.clock,
            "load": os.getloadavg()[0],
        }
    print(table_of(rows))
    print(json.dumps({name: round(value, 1) for name, value in sizes.items()}))


def live_a_day(data: DataFolder) -> None:
    """What a day adds: papers with vectors, a selection, summaries."""
    day = LAST + timedelta(days=1)
    ids = [f"{day:%y%m}.{number:05d}" for number in range(90_000, 90_000 + A_DAY)]
    MetadataStore(data).put(paper(paper_id, "A paper of today", "We count " * 90) for paper_id in ids)
    put_vectors(data, ids, seed=1)
    SelectionStore(data).write(day, f"run-{day}", [candidate(day, number, name) for number, name in enumerate(ids)])
    summaries = SummaryStore(data)
    known = next(iter(summaries.get_many(summaries.ids()).values()))
    for paper_id in ids[:READ]:
        summaries.put(known.model_copy(update={"paper_id": paper_id}))


def pack(folder: Path, target: Path) -> None:
    subprocess.run(f"tar -c . | zstd -3 -q -o '{target}'", shell=True, check=True, cwd=folder)


def unpack(scratch: Path, *, test: bool = False) -> Cost:
    target = scratch / "unpacked"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    command = "zstd -q -t ../packed.tar.zst" if test else "zstd -q -d -c ../packed.tar.zst | tar -x"
    return cost_of(lambda: subprocess.run(command, shell=True, check=True, cwd=target))


def synced(source: Path, target: Path, *, twice: bool = False) -> Cost:
    """The cost of bringing a mirror up to date; where it is there already, `twice` counts the second time."""
    command = ["rsync", "-a", "--delete", "--exclude=state", f"{source}/", f"{target}/"]
    if twice:
        subprocess.run(command, check=True)
    return cost_of(lambda: subprocess.run(command, check=True))


if __name__ == "__main__":
    main()
