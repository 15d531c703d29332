"""The pictures of docs/architecture.md: Mermaid flowcharts whose boxes are modules, read for tests."""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath

PAGE = Path(__file__).parents[3] / "docs" / "architecture.md"
_CHART = re.compile(r"^## (?P<title>[^\n]+)\n(?:(?!^## ).)*?```mermaid\n(?P<chart>.*?)```", re.DOTALL | re.MULTILINE)
_ROOM = re.compile(r'subgraph \w+\["(?P<folder>[\w/]+)')
_BOX = re.compile(r'(?P<id>\w+)\["(?P<path>[\w/]+\.py)')
_ARROWS = re.compile(r"\w+(?: (?:-->|-\.->) \w+)+")


@dataclass(frozen=True)
class Picture:
    """Modules as paths from the root. A solid arrow says that its first module is entered before its second."""

    modules: tuple[str, ...]
    solid: tuple[tuple[str, str], ...]

    @property
    def rooms(self) -> set[str]:
        return rooms_of(self.modules)


def rooms_of(modules: tuple[str, ...] | dict[str, None] | set[str]) -> set[str]:
    """The folders that these modules lie in."""
    return {str(PurePosixPath(module).parent) for module in modules}


def pictures() -> dict[str, Picture]:
    """The pictures of the page by the heading that they stand under."""
    return {match["title"]: read(match["chart"]) for match in _CHART.finditer(PAGE.read_text("utf-8"))}


def read(chart: str) -> Picture:
    """Raises ValueError where an arrow begins or ends at a box that is none."""
    boxes: dict[str, str] = {}
    solid: list[tuple[str, str]] = []
    folder = ""
    for line in (line.strip() for line in chart.splitlines()):
        if room := _ROOM.match(line):
            folder = room["folder"]
        elif box := _BOX.match(line):
            boxes[box["id"]] = f"{folder}/{box['path']}"
        elif _ARROWS.fullmatch(line):
            solid += _solid(line, boxes)
    return Picture(tuple(boxes.values()), tuple(solid))


def _solid(line: str, boxes: dict[str, str]) -> list[tuple[str, str]]:
    names = re.split(r" (-->|-\.->) ", line)
    ids, kinds = names[::2], names[1::2]
    if strange := [name for name in ids if name not in boxes]:
        raise ValueError(f"no box is called {', '.join(strange)}")
    return [
        (boxes[first], boxes[second])
        for (first, second), kind in zip(pairwise(ids), kinds, strict=True)
        if kind == "-->"
    ]
