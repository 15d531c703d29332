"""Text of a PDF by pypdf: running heads dropped, hyphens joined, headings guessed."""

import io
import logging
import re
from collections import Counter

import pypdf
from pypdf.errors import PyPdfError

from services.fetcher.documents.sources.eprint import SourceRefused
from services.fetcher.documents.sources.growth import room_for_pages

_EDGE_LINES = 2
_MAX_PAGES = 400
_HEADING = re.compile(
    r"(?P<number>(?:\d{1,2}|[IVX]{1,4}|[A-H])(?:\.\d{1,2}){0,3}\.?)\s+(?P<title>[A-Z][^.;=]{2,70})|"
    r"(?P<bare>(?:Abstract|ABSTRACT|Introduction|INTRODUCTION|Conclusions?|CONCLUSIONS?|Discussion|DISCUSSION|References|"
    r"REFERENCES|Bibliography|BIBLIOGRAPHY|Acknowledge?ments?|ACKNOWLEDGE?MENTS?|Appendix|APPENDIX)(?: [A-Z])?)[.:]?"
)


def pages_of(content: bytes) -> list[str]:
    """The text of each page. Raises SourceRefused."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise SourceRefused("encrypted", "the PDF is encrypted")
        return _texts(reader, room_for_pages(len(content)))
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as error:
        raise SourceRefused("unreadable", f"the PDF cannot be read ({type(error).__name__}: {error})") from error


def _texts(reader: pypdf.PdfReader, room: int) -> list[str]:
    """The pages' texts, as far as there is room: a few bytes can be packed to show as millions."""
    texts: list[str] = []
    for page in reader.pages[:_MAX_PAGES]:
        texts.append(page.extract_text()[:room])
        room -= len(texts[-1])
    return texts


def to_markdown(pages: list[str]) -> str:
    """Paragraphs and guessed headings of the pages' text."""
    lines = [line for page in without_running_heads(pages) for line in [*page.split("\n"), ""]]
    out: list[str] = []
    paragraph: list[str] = []

    def close() -> None:
        if paragraph:
            out.append(join_lines(paragraph))
            paragraph.clear()

    for line in map(str.strip, lines):
        heading = heading_of(line)
        if heading is not None:
            close()
            out.append(heading)
        elif line:
            paragraph.append(line)
        elif paragraph and paragraph[-1].endswith((".", "!", "?", ":")):
            close()
    close()
    return "\n\n".join(out) + "\n"


def without_running_heads(pages: list[str]) -> list[str]:
    """Pages without the lines that stand at the top or bottom of most of them, page numbers included."""
    split = [page.replace("\r", "").split("\n") for page in pages]
    counts: Counter[str] = Counter()
    for lines in split:
        counts.update({_shape(line) for line in _edges(lines)})
    common = {shape for shape, count in counts.items() if count > max(2, len(pages) // 3)}
    return ["\n".join(_strip_edges(lines, common)) for lines in split]


def join_lines(lines: list[str]) -> str:
    """Lines as one paragraph; a word divided at a line's end is one again."""
    text = "\n".join(lines)
    text = re.sub(r"(\w)[-\u00ad\u2010]\n([a-z])", r"\1\2", text)
    text = text.replace("\ufb01", "fi").replace("\ufb02", "fl").replace("\ufb00", "ff").replace("\ufb03", "ffi")
    return re.sub(r"^([#>+*-])", r"\\\1", " ".join(text.split()))


def heading_of(line: str) -> str | None:
    """The line as a Markdown heading where it looks like one."""
    match = _HEADING.fullmatch(line) if len(line) < 90 else None
    if match is None:
        return None
    if match["bare"]:
        return f"# {match['bare'].capitalize() if match['bare'].isupper() else match['bare']}"
    letters = [char for char in match["title"] if char.isalpha()]
    if len(letters) < 0.7 * len(match["title"].replace(" ", "")) or match["title"].endswith(","):
        return None
    return f"{'#' * (1 + match['number'].rstrip('.').count('.'))} {line}"


def reference_lines(markdown: str) -> list[str]:
    """The entries after the last heading of a bibliography."""
    parts = re.split(r"(?m)^#+ (?:References|Bibliography)\s*$", markdown)
    if len(parts) < 2:
        return []
    text = " ".join(re.split(r"(?m)^# ", parts[-1])[0].split())
    marks = re.split(r"(?:^|\s)\[\d{1,3}\]\s+", text)
    return [
        part.strip() for part in (marks if len(marks) > 3 else re.split(r"(?<=[.])\s+(?=\d{1,3}\.\s)", text)) if part
    ]


def _edges(lines: list[str]) -> list[str]:
    filled = [line for line in lines if line.strip()]
    count = _EDGE_LINES if len(filled) > 3 * _EDGE_LINES else 1
    return filled[:count] + filled[-count:]


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", " ".join(line.split()))


def _strip_edges(lines: list[str], common: set[str]) -> list[str]:
    edges = set(_edges(lines))
    return [line for line in lines if not (line in edges and (_shape(line) in common or line.strip().isdigit()))]
