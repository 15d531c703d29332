"""A program that stands in for restic: it notes how it was called, and answers as told."""

from pathlib import Path


class ResticScript:
    """A shell script in a folder; its answers may change between calls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "restic"
        self.answers()

    def answers(self, out: str = "[]", err: str = "", code: int = 0, *, only: str = "") -> None:
        """With `only`, other commands than this one are answered with an empty list."""
        here = self.folder
        (here / "out").write_text(out)
        (here / "err").write_text(err)
        self.path.write_text(
            f'#!/bin/sh\necho "$@" >> {here}/calls\nenv > {here}/environment\n'
            f'if [ -n "{only}" ] && [ "$1" != "{only}" ]; then echo "[]"; exit 0; fi\n'
            f"cat {here}/out\ncat {here}/err >&2\nexit {code}\n"
        )
        self.path.chmod(0o700)

    @property
    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()

    @property
    def environment(self) -> dict[str, str]:
        """Of the last call."""
        lines = (self.folder / "environment").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)
