"""The files of the site's Markdown: written where they change, whole or not at all; those a person edited stay."""

import logging
from pathlib import Path

from services.publisher.site.hand_edits import is_generated, signed
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

_KINDS = ("papers", "days")


class PageFiles:
    """`site/content/`, for whoever holds the lock `site`; a dry run changes nothing there."""

    def __init__(self, data: DataFolder, *, is_dry_run: bool) -> None:
        self._data, self._is_dry_run = data, is_dry_run
        self.kept: list[Path] = []
        """Files that were left as they are, because a person edited them."""
        self.changed: list[Path] = []
        """Files that were written, or would have been."""

    def begin(self) -> None:
        """Begin to write anew."""
        self.kept, self.changed = [], []
        if not self._is_dry_run:
            self._move_old_files()

    def write(self, kind: str, name: str, text: str) -> None:
        """A page of a kind, `papers` or `days`; without a kind, one beside these folders."""
        path = self._data.path("site", "content", kind, f"{name}.md")
        there = path.read_text("utf-8", "replace") if path.exists() else ""
        if there and not is_generated(there):
            self.kept.append(path)
        elif there != signed(text):
            self.changed.append(path)
            if not self._is_dry_run:
                _replace(path, signed(text))

    def _move_old_files(self) -> None:
        """Earlier versions wrote beside the folder where content lies now, and nobody's edits survived there."""
        for kind in _KINDS:
            for path in sorted(self._data.path("site", kind).glob("*.md")):
                new = self._data.path("site", "content", kind, path.name)
                if not new.exists():
                    self._data.write_text(new, signed(path.read_text("utf-8", "replace")))
                path.unlink()
            _remove_empty(self._data.path("site", kind))


def _replace(path: Path, text: str) -> None:
    """Whole or not at all; without a wait for the disk, because each file can be made again from the records."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.tmp")
    draft.write_bytes(text.encode("utf-8", "replace"))
    draft.replace(path)


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return
    except OSError as error:
        log.info("%s stays: %s", folder, error, extra={"action": "old_folder_stays"})
