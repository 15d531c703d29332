"""Deploys the built site: one at a time, retried with growing delays, and noted so that people and restarts know."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from services.publisher.site.deploying.deployer import Deployed, Deployer
from services.publisher.site.deploying.known_hashes import KnownHashes
from services.publisher.site.deploying.last_deployment import DeploymentStore, LastDeployment
from services.publisher.site.deploying.manifest import Changes, digest_of, manifest_of
from services.publisher.site.deploying.snapshot import snapshot_of
from shared.bus.delivery.disposition import Policy
from shared.contracts import now
from shared.errors import PapersysError, PermanentFailure, SettingsError, TemporaryFailure, reason
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

Stamp = tuple[float, ...]

_TICK_SECONDS = 20.0
_LATER = Policy((20, 60, 300, 900, 3_600))
"""Waits of the service between its attempts."""
_LOCK_SECONDS = 5.0
"""A deploy may take half an hour; who comes second is told so instead of waiting."""


class Deployment:
    """The site at `site` and the place where it goes. `open_deployer` raises SettingsError where that is unusable."""

    def __init__(
        self,
        data: DataFolder,
        site: Path,
        open_deployer: Callable[[], Deployer],
        delays_seconds: tuple[float, ...] = (5, 30, 120),
        clock: Callable[[], datetime] = now,
        sleep: Callable[[float], None] = time.sleep,
        tell: Callable[[str], None] | None = None,
        hashes: KnownHashes | None = None,
        secrets: Sequence[Path] = (),
    ) -> None:
        """`tell` is told that an attempt failed and is made again; the log where there is none.

        `hashes` are those that the deployers use, too. Where a file of `secrets` is changed, the service tries again
        what failed for good.
        """
        self._data, self._site, self._open_deployer = data, site, open_deployer
        self._store, self._hashes = DeploymentStore(data), hashes or KnownHashes(data)
        self._delays_seconds = delays_seconds
        self._clock, self._sleep, self._tell = clock, sleep, tell or _log_retry
        self._secrets = secrets
        self._looked_at: Stamp | None = None

    def plan(self) -> tuple[Changes, str]:
        """What a deploy would do, and where; changes nothing there."""
        with self._data.lock("deploy", _LOCK_SECONDS), snapshot_of(self._site, self._data) as site:
            deployer = self._open_deployer()
            return deployer.plan(site), deployer.where

    def deploy(self) -> Deployed:
        """Put the site where it belongs. Raises PapersysError once the retries are used up; that is noted too."""
        return self._deploy(self._delays_seconds)

    def _deploy(self, delays_seconds: tuple[float, ...]) -> Deployed:
        with self._data.lock("deploy", _LOCK_SECONDS):
            digest = ""
            try:
                with snapshot_of(self._site, self._data) as site:
                    manifest = manifest_of(site, self._hashes.file)
                    digest = digest_of(manifest)
                    deployed = self._attempts(delays_seconds)(lambda: self._open_deployer().deploy(site))
                self._store.note_deployed(
                    deployed.where, deployed.address, manifest, str(deployed.changes), self._clock()
                )
                self._hashes.save()
            except Exception as error:
                self._note_failed(error, digest)
                raise
        facts = {"action": "site_deployed", "where": deployed.where}
        log.info("The site was deployed to %s: %s.", deployed.where, deployed.changes, extra=facts)
        return deployed

    async def run(self) -> None:
        """Deploy whatever was built and is not deployed yet, for as long as the service runs."""
        while True:
            await asyncio.to_thread(self.deploy_what_is_new)
            await asyncio.sleep(_TICK_SECONDS)

    def deploy_what_is_new(self) -> None:
        """Deploy if the built site is another than the deployed one; a failure is noted and tried again later.

        One that is final waits for a person: for another secret, for a start with other settings, or the next build.
        """
        last = self._store.last()
        if last.retry_at and last.retry_at > self._clock():
            return
        stamp = self._stamp()
        if stamp is None or (stamp == self._looked_at and not last.retry_at):
            return
        try:
            if self._is_new(last):
                self._deploy(())  # who waits here would hold up the end of the service
            self._looked_at = stamp
        except PapersysError as error:
            if isinstance(error, PermanentFailure | SettingsError):
                self._looked_at = stamp
            log.warning("The site was not deployed: %s", error, extra={"action": "deploy_failed"})

    def _is_new(self, last: LastDeployment) -> bool:
        digest = digest_of(manifest_of(self._site, self._hashes.file))
        return digest != last.digest or self._open_deployer().where != last.where

    def _stamp(self) -> Stamp | None:
        """Another one whenever a build put a new folder there, or a secret was changed."""
        try:
            status = self._site.stat()
        except OSError:
            return None
        changed = [_changed_at(path) for path in self._secrets]
        return (status.st_dev, status.st_ino, status.st_mtime, *changed)

    def _attempts(self, delays_seconds: tuple[float, ...]) -> Retrying:
        return Retrying(
            retry=retry_if_exception_type(TemporaryFailure),
            stop=stop_after_attempt(len(delays_seconds) + 1),
            wait=self._wait,
            before_sleep=self._tell_retry,
            reraise=True,
            sleep=self._sleep,
        )

    def _wait(self, state: RetryCallState) -> float:
        return self._delays_seconds[min(state.attempt_number, len(self._delays_seconds)) - 1]

    def _tell_retry(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        self._tell(f"The site was not deployed and is tried again in {self._wait(state):g} s: {error}")

    def _note_failed(self, error: Exception, digest: str) -> None:
        is_final = isinstance(error, PermanentFailure | SettingsError)
        failures = self._store.last().failures + 1
        at = self._clock()
        retry_at = None if is_final else at + timedelta(seconds=_LATER.delay_after(failures))
        problem = str(error) if isinstance(error, PapersysError) else reason(error)
        try:
            self._store.note_failed(problem, digest, at, retry_at)
        except PapersysError as unwritable:
            log.warning("The failed deploy cannot be noted: %s", unwritable, extra={"action": "deploy_failed"})


def _changed_at(path: Path) -> float:
    try:
        return path.expanduser().stat().st_mtime
    except OSError:
        return 0.0


def _log_retry(text: str) -> None:
    log.warning(text, extra={"action": "deploy_retry"})
