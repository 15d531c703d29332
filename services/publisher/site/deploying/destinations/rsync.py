"""Sends a site by rsync, over SSH, to an rsync server, or to a folder.

The receiver lays changed files ready and renames them at the end (`--delay-updates`); only files that papersys put
there are removed, because they are named one by one (`--delete-missing-args`):
https://download.samba.org/pub/rsync/rsync.1
"""

import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from services.publisher.site.deploying.deployer import Deployed
from services.publisher.site.deploying.manifest import (
    LISTING,
    Changes,
    Manifest,
    SiteFile,
    dump_listing,
    manifest_of,
    read_listing,
    site_file,
)
from services.publisher.site.programs import Outcome, Program
from shared.errors import PermanentFailure, TemporaryFailure

_COPY = (
    "--recursive", "--perms", "--chmod=D755,F644", "--checksum", "--delay-updates", "--delete-missing-args",
    "--from0", "--files-from=-",
)  # fmt: skip
_CANNOT_SUCCEED = {
    1: "wrong options",
    2: "another protocol",
    4: "an option that it does not know",
    127: "not installed",
}
_LOGIN_REFUSED = re.compile(r"auth failed|Permission denied \((?:publickey|password|keyboard)|Host key verification")
_ITEM = re.compile(rb"(?P<what>\*deleting|[<>ch.][fdLDS][^ ]*) +(?P<size>\d+) (?P<path>.+)")
_ESCAPED = re.compile(rb"\\#([0-7]{3})")


class RsyncDeployer:
    """`to` is a destination of rsync; `rsync` carries the password, where one is needed, in its environment."""

    def __init__(
        self, rsync: Program, to: str, address: str = "", read: Callable[[Path], SiteFile] = site_file
    ) -> None:
        self._rsync = rsync
        self._to = f"{to.rstrip('/')}/"
        self._address = address
        self._read = read

    @property
    def where(self) -> str:
        return f"rsync {self._to}"

    def plan(self, site: Path) -> Changes:
        return self._compare(site, manifest_of(site, self._read))[0]

    def deploy(self, site: Path) -> Deployed:
        wanted = manifest_of(site, self._read)
        changes, ours = self._compare(site, wanted)
        if changes or ours != wanted.keys():
            self._send_listing(ours | wanted.keys())
            self._copy(site, ours | wanted.keys())
            self._send_listing(wanted)
        return Deployed(self.where, self._address, changes)

    def _compare(self, site: Path, wanted: Manifest) -> tuple[Changes, frozenset[str]]:
        """What is to do, and which files at the destination are ours."""
        ours = self._listed()
        outcome = self._copy(site, ours | wanted.keys(), "--dry-run", "--out-format=%i %l %n")
        changes = changes_in(outcome.output, wanted)
        if strangers := set(changes.changed) - ours:
            raise PermanentFailure(
                f"{self._to}{min(strangers)} was not put there by papersys and is in the way; move it elsewhere."
            )
        return changes, ours

    def _listed(self) -> frozenset[str]:
        with tempfile.TemporaryDirectory(prefix="papersys-") as folder:
            outcome = self._rsync.run(["--", f"{self._to}{LISTING}", f"{folder}/"])
            copy = Path(folder, LISTING)
            if outcome.code == 0 and copy.is_file():
                return self._names_in(copy)
        if outcome.code != 23:
            raise self._failure(outcome)
        self._refuse_strangers()
        return frozenset()

    def _names_in(self, listing: Path) -> frozenset[str]:
        try:
            return read_listing(listing.read_text("utf-8"))
        except ValueError as error:
            raise PermanentFailure(
                f"{self._to}{LISTING} cannot be read ({error}), so nobody knows which files there are papersys's; "
                "empty the folder and deploy again."
            ) from error

    def _refuse_strangers(self) -> None:
        """A folder without a listing has to be empty; one that is not there is made."""
        outcome = self._rsync.run(["--list-only", "--", self._to])
        names = [line for line in outcome.output.splitlines() if line.strip() and not line.endswith(b" .")]
        if outcome.code == 0 and names:
            raise PermanentFailure(
                f"{self._to} holds files that papersys did not put there; set publisher.deploy.rsync_to to a folder "
                "that is empty or not there yet."
            )
        if outcome.code not in (0, 23):
            raise self._failure(outcome)

    def _copy(self, site: Path, paths: Iterable[str], *options: str) -> Outcome:
        names = "".join(f"{path}\0" for path in sorted(paths)).encode("utf-8", "surrogateescape")
        outcome = self._rsync.run([*_COPY, *options, "--", f"{site}/", self._to], given=names)
        if outcome.code:
            raise self._failure(outcome)
        return outcome

    def _send_listing(self, paths: Iterable[str]) -> None:
        with tempfile.TemporaryDirectory(prefix="papersys-") as folder:
            listing = Path(folder, LISTING)
            listing.write_text(dump_listing(paths), "utf-8")
            outcome = self._rsync.run(["--perms", "--chmod=F644", "--checksum", "--", str(listing), self._to])
        if outcome.code:
            raise self._failure(outcome)

    def _failure(self, outcome: Outcome) -> PermanentFailure | TemporaryFailure:
        text = f"rsync to {self._to} failed (exit code {outcome.code}): {outcome.complaint}"
        if _LOGIN_REFUSED.search(outcome.complaint):
            return PermanentFailure(f"{text}; see publisher.deploy.user, token_file and ssh_key_file.")
        if "Permission denied (13)" in outcome.complaint:
            return PermanentFailure(f"{text}; let that account write there.")
        if outcome.code in _CANNOT_SUCCEED:
            return PermanentFailure(f"{text} ({_CANNOT_SUCCEED[outcome.code]}); rsync 3.1 or newer is needed.")
        return TemporaryFailure(text)


def changes_in(itemized: bytes, wanted: Manifest) -> Changes:
    """What rsync says it would do, one line an item: https://download.samba.org/pub/rsync/rsync.1#opt--itemize-changes"""
    new, changed, removed = [], [], []
    for match in filter(None, map(_ITEM.fullmatch, itemized.splitlines())):
        path = _ESCAPED.sub(lambda octal: bytes([int(octal[1], 8)]), match["path"]).decode("utf-8", "surrogateescape")
        if match["what"] == b"*deleting":
            removed.append(path)
        elif match["what"][1:2] == b"f" and path in wanted:
            if b"+" in match["what"]:
                new.append(path)
            elif match["what"][:1] in b"<>c":
                changed.append(path)
    size = sum(wanted[path].size for path in (*new, *changed))
    return Changes(tuple(sorted(new)), tuple(sorted(changed)), tuple(sorted(removed)), size)
