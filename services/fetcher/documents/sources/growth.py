"""How much larger than its source a text may become: macros, inputs and spans that grow without end are refused."""

from collections.abc import Mapping

from services.fetcher.documents.sources.eprint import SourceRefused, is_tex

_LARGEST = 20_000_000
_FREE_TEX, _TIMES_TEX = 100_000, 5
_FREE_RESULT, _TIMES_RESULT = 200_000, 8
_FREE_PAGES, _TIMES_PAGES = 500_000, 20


def room_for_tex(files: Mapping[str, bytes]) -> int:
    """Characters that the TeX of these files may have once its inputs and its macros are in their places."""
    size = sum(len(content) for name, content in files.items() if is_tex(name, content) or _is_part(name))
    return min(_LARGEST, _FREE_TEX + _TIMES_TEX * size)


def room_for_result(source: int) -> int:
    """Characters of Markdown that a source of so many characters may become."""
    return min(_LARGEST, _FREE_RESULT + _TIMES_RESULT * source)


def room_for_pages(size: int) -> int:
    """Characters of text that a PDF of so many bytes may have; it is packed."""
    return min(_LARGEST, _FREE_PAGES + _TIMES_PAGES * size)


def within(text: str, room: int) -> str:
    """The text itself. Raises SourceRefused where it outgrew its room."""
    if len(text) > room:
        raise outgrown(room)
    return text


def outgrown(room: int) -> SourceRefused:
    return SourceRefused("unreadable", f"its macros or inputs grow to over {room // 1000} kB of text")


def _is_part(name: str) -> bool:
    return name.lower().endswith((".bbl", ".sty", ".cls", ".bib", ".def", ".tikz", ".txt"))
