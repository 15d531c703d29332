"""Files that a TeX file carries within itself, in `filecontents`: a class, a style, a bibliography, a chapter."""

import posixpath
import re
from collections.abc import Mapping

_BEGIN = re.compile(
    rb"(?m)^[ \t]*\\begin[ \t]*\{(?P<environment>filecontents\*?)\}\s*(?:\[[^\]\n]*\]\s*)?\{(?P<name>[^{}\n]{1,200})\}"
)


def with_enclosed_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with those that they carry beside them; as in LaTeX, one that is there already stays as it is."""
    enclosed: dict[str, bytes] = {}
    out: dict[str, bytes] = {}
    for path, content in files.items():
        out[path] = (
            _without_enclosed(content, posixpath.dirname(path), enclosed) if b"filecontents" in content else content
        )
    return {**enclosed, **out}


def _without_enclosed(content: bytes, folder: str, enclosed: dict[str, bytes]) -> bytes:
    out: list[bytes] = []
    position = 0
    while (begin := _BEGIN.search(content, position)) is not None:
        mark = b"\\end{" + begin["environment"] + b"}"
        end = content.find(mark, begin.end())
        if end < 0:
            break
        out.append(content[position : begin.start()])
        name = begin["name"].decode("utf-8", "replace").strip().strip('"')
        enclosed.setdefault(
            posixpath.normpath(posixpath.join(folder, name)), content[begin.end() : end].lstrip(b"\r\n")
        )
        position = end + len(mark)
    return b"".join([*out, content[position:]])
