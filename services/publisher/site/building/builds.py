"""Finished builds, `site/builds/<name>/`, and `site/public`, a link to the one that is published.

A build counts when its manifest is there, which is written last; the link is replaced in one step. So whatever is
killed, what is published is one build, whole.
"""

import os
import shutil
import uuid
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.store.files.data_folder import DataFolder

_KEPT = 2


class LeftOut(BaseModel):
    """A file of Markdown that no page was made of, and why."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    file: str
    reason: str


class Manifest(BaseModel):
    """What a build was made from: `papers` are hashes of files by their name without `.md`, `days` names of files."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    stamp: str
    content: str
    papers: dict[str, str]
    days: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    built_at: AwareDatetime


class Builds:
    """The folder of builds; the caller holds the lock `site-build`."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self.public = data.path("site", "public")
        self._folder = data.path("site", "builds")

    def published(self) -> tuple[Path, Manifest] | None:
        """The build that `public` leads to; None where there is none, or it cannot be known what made it."""
        if not self.public.is_symlink():
            return None
        build = self._folder / self.public.readlink().name
        try:
            manifest = Manifest.model_validate_json(self._manifest(build).read_bytes())
        except (OSError, ValidationError):
            return None
        return (build, manifest) if build.is_dir() else None

    def begin(self, now: datetime) -> Path:
        """A new folder; what killed builds left is removed."""
        self._data.check_space()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._remove_unfinished()
        build = self._folder / f"{now:%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}"
        build.mkdir()
        return build

    def publish(self, build: Path, manifest: Manifest) -> None:
        """Make this build the published one."""
        os.sync()  # thousands of files: one wait for all
        self._data.write_text(self._manifest(build), manifest.model_dump_json(indent=1) + "\n")
        if self.public.exists() and not self.public.is_symlink():
            self.public.rename(self.public.with_name(f"public-before-{build.name}"))
        link = self.public.with_name(f".public.{uuid.uuid4().hex[:8]}")
        link.symlink_to(Path("builds", build.name), target_is_directory=True)
        link.replace(self.public)
        self._remove_old()

    def drop(self, build: Path) -> None:
        shutil.rmtree(build, ignore_errors=True)

    def _manifest(self, build: Path) -> Path:
        return build.with_name(f"{build.name}.json")

    def _remove_unfinished(self) -> None:
        for build in self._folder.iterdir():
            if build.is_dir() and not self._manifest(build).exists():
                self.drop(build)
        for link in self.public.parent.glob(".public.*"):
            link.unlink()

    def _remove_old(self) -> None:
        """Those before the last one; it stays for who is reading it just now."""
        current = self.public.readlink().name
        names = sorted(path.stem for path in self._folder.glob("*.json"))
        for name in [name for name in names if name != current][: -(_KEPT - 1)]:
            self._manifest(self._folder / name).unlink()
            self.drop(self._folder / name)
