"""Which file of a source a name in `\\includegraphics` stands for."""

import posixpath
import re
from collections.abc import Mapping

_ENDINGS = ("", ".pdf", ".png", ".jpg", ".jpeg", ".PDF", ".PNG", ".JPG", ".JPEG")
_FOLDERS = re.compile(rb"\\graphicspath\s*\{((?:\s*\{[^{}]{0,200}\}){1,20})\s*\}")
_MOST_FOLDERS = 20


def picture_folders(files: Mapping[str, bytes]) -> list[str]:
    """The folders in which TeX looks for pictures: those of `\\graphicspath`, and those that files of TeX lie in."""
    texts = {name: content for name, content in files.items() if name.lower().endswith((".tex", ".ltx"))}
    declared = [
        part.decode("utf-8", "replace").strip()
        for content in texts.values()
        for match in _FOLDERS.finditer(content)
        for part in re.findall(rb"\{([^{}]*)\}", match[1])
    ]
    return list(dict.fromkeys(["", *declared, *map(posixpath.dirname, texts)]))[:_MOST_FOLDERS]


def find_picture(name: str, names: Mapping[str, str], folders: list[str]) -> str | None:
    """The member of the archive that a picture's name means; `names` are the members by their lower-case names.

    TeX on many machines does not tell upper from lower case, and authors rely on it.
    """
    bare = name.strip().strip('"').replace("\\", "/")
    for folder in folders:
        for ending in _ENDINGS:
            path = posixpath.normpath(posixpath.join(folder, bare + ending)).lower()
            if path in names:
                return names[path]
    return None
