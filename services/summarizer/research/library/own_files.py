"""A person's own paper: a PDF, a TeX file or an archive of TeX, by its bytes; anything else is refused.

What may be read is narrow on purpose: a file that is no paper must not get into answers by its path.
"""

import re
from pathlib import Path

from shared.contracts import MAX_LOCAL_BYTES
from shared.errors import PermanentFailure
from shared.text.safe.plain_text import shortened

_PDF_START_BYTES = 1024
_TEX_START_BYTES = 200_000
_TEX = re.compile(rb"\\(?:documentclass|documentstyle|begin\s*\{document\}|bye\b)")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_MOST_NAME_CHARACTERS = 120


def read_own_file(path: Path) -> tuple[bytes, str]:
    """The bytes of a file, and the ending that they call for. Raises PermanentFailure that says what is wrong."""
    try:
        if not path.is_file():
            raise PermanentFailure(f"{path} is {'a folder; pack it as .tar.gz' if path.is_dir() else 'no file here'}.")
        if path.stat().st_size > MAX_LOCAL_BYTES:
            raise PermanentFailure(f"{path} is larger than {MAX_LOCAL_BYTES // 10**6} MB.")
        content = path.read_bytes()
    except OSError as error:
        raise PermanentFailure(f"{path} cannot be read: {error.strerror}.") from error
    suffix = suffix_of(content)
    if suffix is None:
        raise PermanentFailure(f"{path} is neither a PDF nor TeX nor an archive of TeX.")
    return content, suffix


def suffix_of(content: bytes) -> str | None:
    """The ending that fits the bytes; None where they are no paper."""
    if b"%PDF-" in content[:_PDF_START_BYTES]:
        return ".pdf"
    if content[:2] == b"\x1f\x8b":
        return ".gz"
    if content[257:262] == b"ustar":
        return ".tar"
    start = content[:_TEX_START_BYTES]
    return ".tex" if b"\0" not in start and _TEX.search(start) else None


def plain_file_name(path: Path) -> str:
    """The file's name without characters that are not seen, and not too long."""
    return shortened(_UNSEEN.sub("", path.name), _MOST_NAME_CHARACTERS)
