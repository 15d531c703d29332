"""Pushes a site to a branch of its own, such as `gh-pages`: a commit where something changed, never by force.

The trees are made without a checkout (`hash-object`, `update-index`, `commit-tree`), so no filter, ignore file or hook
of the machine has a say. What others committed to the branch since stays there, in the history and in the tree.
"""

import json
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from services.publisher.site.deploying.deployer import Deployed
from services.publisher.site.deploying.destinations.git_program import Git
from services.publisher.site.deploying.manifest import Changes, SiteFile, changes_between, check_site, paths_in
from shared.errors import PermanentFailure, TemporaryFailure

log = logging.getLogger(__name__)

_MARK, _KEPT = "Papersys-Site: 1", "Papersys-Kept: "
"""Lines of a commit message: that papersys made the commit, and which files in it are somebody else's."""
_LOOKED_BACK = 200
_RACES = 3


class Entry(NamedTuple):
    """A file of a tree: mode and id of its content."""

    mode: str
    blob: str


Tree = Mapping[str, Entry]


class _Branch(NamedTuple):
    """The branch as it stands: its newest commit, none where there is no branch; all files; those that others added."""

    tip: str
    tree: Tree
    strangers: Tree


class GitDeployer:
    """`git` works in a repository of papersys's own; `repository` is where it pushes to."""

    def __init__(self, git: Git, repository: str, branch: str, address: str = "") -> None:
        self._git = git
        self._repository = repository
        self._branch = branch
        self._address = address

    @property
    def where(self) -> str:
        return f"the branch {self._branch} of {self._repository}"

    def plan(self, site: Path) -> Changes:
        self._git.prepare()
        return self._changes(site, self._fetch(), self._site_tree(site))

    def deploy(self, site: Path) -> Deployed:
        self._git.prepare()
        tree = self._site_tree(site)
        for _ in range(_RACES):
            branch = self._fetch()
            changes = self._changes(site, branch, tree)
            if branch.tip and {**tree, **branch.strangers} == branch.tree:
                return Deployed(self.where, self._address, Changes())
            if self._push(self._commit(branch, tree, changes)):
                return Deployed(self.where, self._address, changes)
        raise TemporaryFailure(f"Others keep pushing to {self.where}; it is tried again later.")

    def _site_tree(self, site: Path) -> dict[str, Entry]:
        """Every file as git stores it, and the one that keeps GitHub from running Jekyll over the site."""
        check_site(site)
        paths = sorted(paths_in(site))
        names = "".join(f"{site / path}\n" for path in paths).encode("utf-8", "surrogateescape")
        blobs = self._git.run("hash-object", "-w", "--no-filters", "--stdin-paths", given=names).decode().split()
        empty = self._git.run("hash-object", "-w", "--stdin").decode().strip()
        tree = {path: Entry("100644", blob) for path, blob in zip(paths, blobs, strict=True)}
        return {**tree, ".nojekyll": Entry("100644", empty)}

    def _fetch(self) -> _Branch:
        """Raises PermanentFailure for a branch that holds what papersys never put there."""
        reference = f"refs/heads/{self._branch}"
        line = self._git.run("ls-remote", "--", self._repository, reference, asks=self._repository).decode()
        tip = next((name.split("\t")[0] for name in line.splitlines() if name.endswith(f"\t{reference}")), "")
        if not tip:
            return _Branch("", {}, {})
        depth = f"--depth={_LOOKED_BACK}"
        refspec = f"+{reference}:refs/papersys/branch"
        self._git.run("fetch", "--quiet", "--no-tags", depth, "--", self._repository, refspec, asks=self._repository)
        tree = self._tree(tip)
        return _Branch(tip, tree, self._strangers(tip, tree))

    def _strangers(self, tip: str, tree: Tree) -> Tree:
        """What others added since papersys wrote to the branch, and what of theirs it kept then."""
        history = self._git.run("log", f"-{_LOOKED_BACK}", "--first-parent", "--format=%H%x1f%B%x1e", tip).decode(
            "utf-8", "replace"
        )
        for record in history.split("\x1e"):
            commit, _, message = record.strip().partition("\x1f")
            if _MARK in message.splitlines():
                ours = self._tree(commit).keys() - _kept_in(message)
                return {path: entry for path, entry in tree.items() if path not in ours}
        if not tree:
            return {}
        raise PermanentFailure(
            f"{self.where} holds {min(tree)!r} and more that papersys did not put there; set publisher.deploy.branch "
            "to a branch for the site alone. It is made where there is none."
        )

    def _tree(self, commit: str) -> dict[str, Entry]:
        records = self._git.run("ls-tree", "-r", "-z", "--full-tree", commit).decode("utf-8", "surrogateescape")
        tree = {}
        for record in filter(None, records.split("\0")):
            facts, _, path = record.partition("\t")
            mode, _, blob = facts.split(" ")
            tree[path] = Entry(mode, blob)
        return tree

    def _changes(self, site: Path, branch: _Branch, tree: Tree) -> Changes:
        """Raises PermanentFailure where somebody else's file is in the way."""
        if taken := branch.strangers.keys() & tree.keys() - {".nojekyll"}:
            raise PermanentFailure(
                f"{min(taken)!r} of {self.where} was put there by somebody else and is in the way; remove it there."
            )
        before = {path: entry for path, entry in branch.tree.items() if path not in branch.strangers}
        changes = changes_between(_by_blob(before), _by_blob(tree))
        sizes = [(site / path).stat().st_size for path in (*changes.new, *changes.changed) if (site / path).exists()]
        return Changes(changes.new, changes.changed, changes.removed, sum(sizes))

    def _commit(self, branch: _Branch, tree: Tree, changes: Changes) -> str:
        entries = {**tree, **branch.strangers}
        lines = "".join(f"{mode} {blob}\t{path}\0" for path, (mode, blob) in sorted(entries.items()))
        index = self._git.new_index()
        self._git.run(
            "update-index", "-z", "--index-info", given=lines.encode("utf-8", "surrogateescape"), GIT_INDEX_FILE=index
        )
        written = self._git.run("write-tree", GIT_INDEX_FILE=index).decode().strip()
        parent = ["-p", branch.tip] if branch.tip else []
        kept = "".join(f"\n{_KEPT}{json.dumps(path)}" for path in sorted(branch.strangers))
        message = f"Site: {changes}\n\n{_MARK}{kept}\n"
        return self._git.run("commit-tree", *parent, "-F", "-", written, given=message.encode()).decode().strip()

    def _push(self, commit: str) -> bool:
        """False where somebody was quicker: their commit is never overwritten."""
        refspec = f"{commit}:refs/heads/{self._branch}"
        outcome = self._git.ask("push", "--quiet", "--porcelain", "--", self._repository, refspec)
        if outcome.code == 0:
            return True
        said = f"{outcome.complaint} {outcome.output.decode('utf-8', 'replace')}"
        if re.search(r"fetch first|non-fast-forward|cannot lock ref|stale info|incorrect old value", said):
            facts = {"action": "deploy_overtaken", "branch": self._branch}
            log.info("Somebody else pushed to the branch meanwhile; it is read again.", extra=facts)
            return False
        raise self._git.failure("push", self._repository, outcome)


def _kept_in(message: str) -> set[str]:
    return {json.loads(line.removeprefix(_KEPT)) for line in message.splitlines() if line.startswith(_KEPT)}


def _by_blob(tree: Tree) -> dict[str, SiteFile]:
    return {path: SiteFile(entry.blob, 0) for path, entry in tree.items()}
