"""Files of a git repository whose content was never fetched: Git LFS leaves a few lines of text in their place."""

from pathlib import Path

_BEGINNING = b"version https://git-lfs.github.com/spec/"
WHY_NOT = "it is a pointer of Git LFS, its content is not here; fetch it with `git lfs pull`"


def is_lfs_pointer(path: Path) -> bool:
    """Whether a file only names the content. Raises OSError."""
    with path.open("rb") as file:
        return file.read(len(_BEGINNING)) == _BEGINNING
