"""A process that writes with leases, for tests that stop and kill it: `python -m tests.support.bus.lease_holder ...`.

It appends numbered lines and replaces a file with the number, each under a lease, says each number, and goes on until
it is killed; a lease that it lost is said and tried again.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from pydantic import SecretStr

from shared.errors import TemporaryFailure
from shared.leases.choice import use_leases
from shared.service.child_processes import die_with_parent
from shared.settings.settings import BusSettings, CommonSettings, DataSettings
from shared.store.files.data_folder import DataFolder
from tests.support.bus.nats import PASSWORD


def settings_with_leases(root: Path, bus: BusSettings, lease_seconds: float = 2.0) -> CommonSettings:
    """Settings of a process that shares its data folder."""
    data = DataSettings(path=root, min_free_mb=0, locks="leases", lease_seconds=lease_seconds)
    return CommonSettings(data=data, bus=bus)


def start_holder(root: Path, bus: BusSettings, name: str, *, rest_seconds: float = 0.0) -> "subprocess.Popen[str]":
    """The process; it rests while it holds the lease, so that it can be stopped there."""
    command = [sys.executable, "-m", "tests.support.bus.lease_holder", str(root), bus.url, name, str(rest_seconds)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ.copy(), preexec_fn=die_with_parent()
    )


def write(data: DataFolder, name: str, number: int, rest_seconds: float) -> None:
    with data.lock("ratings", wait_seconds=30):
        print(f"{name} holds", flush=True)
        with data.replacing(data.path("newest.txt")) as draft:
            draft.write_text(f"{name} {number}")
            time.sleep(rest_seconds)
        data.append_lines(data.path("ratings.csv"), f"{name},{number}\n")


def main(root: Path, url: str, name: str, rest_seconds: float) -> None:
    use_leases(settings_with_leases(root, BusSettings(external_url=url, password=SecretStr(PASSWORD))), name)
    data, number = DataFolder(root, 0), 0
    while True:
        try:
            write(data, name, number, rest_seconds)
        except TemporaryFailure as error:
            print(f"{name} failed {type(error).__name__}: {error}", flush=True)
        else:
            print(f"{name} wrote {number}", flush=True)
            number += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4]))
