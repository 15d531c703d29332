"""A harvest of another server, killed in the middle of its list, goes on from the page that came last."""

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from tests.support.outside.preprint_servers import Answer, BioRxiv, serving
from tests.support.processes.system import ROOT


class Stalling(BioRxiv):
    """Does not answer for the third page until it may."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked, self.may_answer = threading.Event(), threading.Event()

    def respond(self, path: str) -> Answer:
        if path.endswith("/60/json") and not self.may_answer.is_set():
            self.is_asked.set()
            self.may_answer.wait(60)
        return super().respond(path)


@pytest.mark.slow
def test_a_harvest_that_is_killed_goes_on_from_its_last_page(tmp_path: Path) -> None:
    server = Stalling()
    day = datetime.now(UTC).date().isoformat()
    for number in range(575_001, 575_071):
        server.post(number, day)
    with serving(server) as address:
        settings = tmp_path / "papersys.toml"
        settings.write_text(
            f'[data]\npath = "{tmp_path / "data"}"\nmin_free_mb = 0\n[bus]\nport = 1\n'
            f'[fetcher.sources.biorxiv]\nkind = "biorxiv"\naddress = "{address}"\npace_seconds = 0\n'
        )
        own = {name: value for name, value in os.environ.items() if not name.startswith("PAPERSYS_")}
        environment = {**own, "PYTHONPATH": str(ROOT), "PAPERSYS_CONFIG": str(settings)}
        command = [sys.executable, "-m", "deploy.cli", "fetch", "--source", "biorxiv"]
        killed = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL)
        try:
            assert server.is_asked.wait(60)
        finally:
            killed.kill()
            killed.wait(10)
            server.may_answer.set()
        asked = len(server.asked)
        done = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
        )
        assert "70 new, 0 revised, 0 unchanged" in done.stdout
        assert [path.split("/")[5] for path in server.asked[asked:]] == ["60"]
    assert MetadataStore(DataFolder(tmp_path / "data", 0)).count() == 70
    (outbox,) = (tmp_path / "data" / "state" / "fetcher" / "sources" / "biorxiv" / "outbox").iterdir()
    assert len(json.loads(outbox.read_text())["new_ids"]) == 70
