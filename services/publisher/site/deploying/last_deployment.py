"""What was deployed last and what went wrong since: `state/deploy/last.json`, and by hash `state/deploy/files.json`."""

import json
import logging
from datetime import datetime
from typing import TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from services.publisher.site.deploying.manifest import Manifest, SiteFile, digest_of
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)


class LastDeployment(BaseModel):
    """`digest` is that of the site that went to `where`; `problem` is why the last of `failures` attempts failed.

    With a problem and no `retry_at`, a person has to do something first.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    where: str = ""
    address: str = ""
    deployed_at: AwareDatetime | None = None
    digest: str = ""
    files: int = 0
    size: int = 0
    changes: str = ""
    problem: str = ""
    failed_digest: str = ""
    failed_at: AwareDatetime | None = None
    failures: int = 0
    retry_at: AwareDatetime | None = None

    @property
    def sentence(self) -> str:
        """What the Status page says; empty where nothing was ever deployed."""
        if not self.deployed_at:
            return ""
        return f"{self.files:,} {'file' if self.files == 1 else 'files'} to {self.where}; {self.changes}"


class _Files(BaseModel):
    """The manifest of what went to `where`."""

    where: str = ""
    files: dict[str, tuple[str, int]] = {}


F = TypeVar("F", bound=BaseModel)


class DeploymentStore:
    """Written by whoever holds the lock `deploy`; a file that cannot be read counts as none."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._last = data.path("state", "deploy", "last.json")
        self._files = data.path("state", "deploy", "files.json")

    def last(self) -> LastDeployment:
        return self._read(LastDeployment, "last.json")

    def files(self, where: str) -> Manifest:
        """What lies at a destination, as far as was deployed from here; nothing where it was another destination."""
        kept = self._read(_Files, "files.json")
        return {path: SiteFile(*file) for path, file in kept.files.items()} if kept.where == where else {}

    def note_deployed(self, where: str, address: str, manifest: Manifest, changes: str, at: datetime) -> None:
        """The manifest first: killed in between, the next deploy sends the same site again."""
        files = json.dumps({"where": where, "files": dict(sorted(manifest.items()))}, indent=0, ensure_ascii=False)
        self._data.write_text(self._files, files + "\n")
        size = sum(file.size for file in manifest.values())
        self._write(
            LastDeployment(
                where=where,
                address=address,
                deployed_at=at,
                digest=digest_of(manifest),
                files=len(manifest),
                size=size,
                changes=changes,
            )
        )

    def note_failed(self, problem: str, digest: str, at: datetime, retry_at: datetime | None) -> None:
        last = self.last()
        failures = last.failures + 1 if last.failed_digest == digest else 1
        facts = {"problem": problem, "failed_digest": digest, "failed_at": at, "failures": failures}
        self._write(last.model_copy(update={**facts, "retry_at": retry_at}))

    def _write(self, last: LastDeployment) -> None:
        self._data.write_text(self._last, last.model_dump_json(indent=1) + "\n")

    def _read(self, kind: type[F], name: str) -> F:
        path = self._data.path("state", "deploy", name)
        try:
            return kind.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return kind()
        except (OSError, ValidationError) as error:
            log.warning("%s cannot be read: %s", path, error, extra={"action": "deploy_state_unreadable"})
            return kind()
