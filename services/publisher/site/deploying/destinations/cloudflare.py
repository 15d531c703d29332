"""Cloudflare Pages by direct upload: wrangler sends the files that Cloudflare lacks, then one request puts all online.

What is online changes with that last request alone. What lies there cannot be asked, so a plan compares with what was
deployed last from here. https://developers.cloudflare.com/pages/get-started/direct-upload/
"""

import contextlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from services.publisher.site.deploying.deployer import Deployed
from services.publisher.site.deploying.manifest import (
    Changes,
    Manifest,
    SiteFile,
    changes_between,
    manifest_of,
    site_file,
)
from services.publisher.site.programs import Outcome, Program
from shared.errors import PermanentFailure, TemporaryFailure
from shared.text.safe.plain_text import shortened

_MOST_BYTES = 25 * 1024 * 1024
"""Of a file: https://developers.cloudflare.com/pages/platform/limits/"""
_ANOTHER = "set it as PAPERSYS_PUBLISHER__DEPLOY__TOKEN or publisher.deploy.token_file"
_NO_TOKEN = f"the token is not one of Cloudflare's in its form; copy it again, alone and whole, and {_ANOTHER}"
_REFUSED = {
    "from location": "the token may not be used from this machine's address; allow that where the token was made "
    "(Client IP Address Filtering)",
    "code: 10000": f"the token was refused; make one with the permission “Cloudflare Pages: Edit” and {_ANOTHER}",
    "code: 9109": f"the token is not valid any more; make a new one and {_ANOTHER}",
    "code: 1000]": f"the token is not valid; make a new one and {_ANOTHER}",
    "code: 6003": _NO_TOKEN,
    "API token contains": _NO_TOKEN,
    "code: 7003": "publisher.deploy.account_id is not the id of an account",
    "does not exist": "make the Pages project in Cloudflare's dashboard (Workers & Pages, upload assets), or mend "
    "publisher.deploy.project",
    "Pages only supports": "the site is larger than Cloudflare takes",
}
"""What wrangler says where trying again does not help, and what a person can do."""
_ERROR_MARK = "[ERROR]"
_MOST_CHARACTERS = 300
_SERVER_VARIABLE = "CLOUDFLARE_API_BASE_URL"
_COMPLETE, _NOT_CONFIRMED = b"Deployment complete", b"couldn't ascertain"
_DAMAGED = ("MODULE_NOT_FOUND", "SyntaxError")
_NOT_STARTED = (126, 127)
"""What a shell or `env` ends with where a program cannot be run: https://pubs.opengroup.org/onlinepubs/9799919799/"""


class CloudflareDeployer:
    """`open_wrangler` gives the program, with account and token in its environment; `last` was deployed last.

    `forget_wrangler` removes an installed wrangler that is damaged; None where its owner installed it.
    """

    def __init__(
        self,
        open_wrangler: Callable[[], Program],
        project: str,
        branch: str,
        last: Manifest,
        read: Callable[[Path], SiteFile] = site_file,
        forget_wrangler: Callable[[], None] | None = None,
    ) -> None:
        self._open_wrangler = open_wrangler
        self._project = project
        self._branch = branch
        self._last = last
        self._read = read
        self._forget_wrangler = forget_wrangler

    @property
    def where(self) -> str:
        return f"Cloudflare Pages, project {self._project} ({self._branch})"

    def plan(self, site: Path) -> Changes:
        wanted = manifest_of(site, self._read)
        for path, file in wanted.items():
            if file.size > _MOST_BYTES:
                raise PermanentFailure(
                    f"{path} has {file.size / 2**20:.0f} MiB; Cloudflare Pages takes files of up to 25 MiB."
                )
        return changes_between(self._last, wanted)

    def deploy(self, site: Path) -> Deployed:
        changes = self.plan(site)
        with tempfile.TemporaryDirectory(prefix="papersys-") as name:
            folder = Path(name)
            outcome = self._run(site, folder)
            if outcome.code and self._forget_wrangler and any(mark in outcome.said for mark in _DAMAGED):
                self._forget_wrangler()
                raise TemporaryFailure("The installed wrangler is damaged; the next attempt installs it again.")
            if outcome.code:
                raise failure_of(self.where, outcome)
            address = _address(folder / "told")
            if _NOT_CONFIRMED in outcome.output:
                raise TemporaryFailure(f"{self.where} took the files but does not say that they are online.")
            if not address and _COMPLETE not in outcome.output:
                raise TemporaryFailure(
                    f"wrangler ended without saying that the site is online at {self.where}; it says: "
                    f"{outcome.complaint or 'nothing'}"
                )
            return Deployed(self.where, address, changes)

    def _run(self, site: Path, folder: Path) -> Outcome:
        """In an empty folder, so that no repository or configuration around it has a say."""
        arguments = ["pages", "deploy", str(site), f"--project-name={self._project}", f"--branch={self._branch}"]
        arguments += ["--commit-dirty=true", "--commit-message=papersys"]
        variables = {
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "GIT_CEILING_DIRECTORIES": str(folder.parent),
            "WRANGLER_OUTPUT_FILE_PATH": str(folder / "told"),
        }
        work = folder / "work"
        work.mkdir()
        return self._open_wrangler().run(arguments, folder=work, variables=variables)


def wrangler_environment(account_id: str, token: str) -> dict[str, str]:
    """wrangler's own variable may name another server than Cloudflare's public one."""
    environment = {
        "CLOUDFLARE_ACCOUNT_ID": account_id,
        "CLOUDFLARE_API_TOKEN": token,
        "WRANGLER_SEND_METRICS": "false",
        "WRANGLER_SEND_ERROR_REPORTS": "false",
        "WRANGLER_WRITE_LOGS": "false",
        "WRANGLER_HIDE_BANNER": "true",
        "NO_COLOR": "1",
        "CI": "1",
    }
    return environment | {name: os.environ[name] for name in [_SERVER_VARIABLE] if name in os.environ}


def failure_of(where: str, outcome: Outcome) -> PermanentFailure | TemporaryFailure:
    """What became of a deploy that wrangler gave up."""
    _, mark, error = outcome.said.partition(_ERROR_MARK)
    said = shortened(error.partition("✘")[0].strip(), _MOST_CHARACTERS) if mark else outcome.complaint
    for phrase, advice in _REFUSED.items():
        if phrase in outcome.said:
            return PermanentFailure(f"{where}: {advice}. wrangler says: {said}")
    if outcome.code < 0:
        return TemporaryFailure(
            f"wrangler was killed by signal {-outcome.code} on the way to {where}; was there enough memory?"
        )
    if outcome.code in _NOT_STARTED:
        return PermanentFailure(
            f"wrangler cannot run here ({said}); install node, or leave out publisher.deploy.wrangler, and papersys "
            "installs a wrangler of its own."
        )
    if not mark:
        return TemporaryFailure(
            f"wrangler gave up with code {outcome.code} on the way to {where}: {said or 'no reason'}"
        )
    return TemporaryFailure(f"{where} could not be reached or refused the site; wrangler says: {said}")


def _address(told: Path) -> str:
    """The address in what wrangler writes for programs, one JSON object a line; that of the branch before the one of
    this deployment."""
    addresses: dict[str, str] = {}
    with contextlib.suppress(OSError, ValueError):
        for line in told.read_text("utf-8").splitlines():
            entry = json.loads(line)
            addresses |= {name: entry[name] for name in ("url", "alias") if str(entry.get(name)).startswith("https://")}
    return addresses.get("alias") or addresses.get("url", "")
