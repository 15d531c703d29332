"""What arXiv sent: which version, by the name that it gives the file, and which kind, by the bytes."""

import re
from collections.abc import Mapping

from services.fetcher.documents.sources.eprint import is_html, is_pdf, is_tar


def version_in(headers: Mapping[str, str]) -> int | None:
    """The version in the file name that arXiv gives (`arXiv-2403.12345v2.tar.gz`): metadata does not tell it."""
    lowered = {name.lower(): value for name, value in headers.items()}
    match = re.search(r"[0-9]v([1-9][0-9]{0,2})(?=[.\"'\s;]|$)", lowered.get("content-disposition", ""))
    return int(match[1]) if match else None


def suffix_of(body: bytes) -> str:
    """The ending that fits the bytes."""
    if body[:2] == b"\x1f\x8b":
        return ".gz"
    if is_pdf(body):
        return ".pdf"
    if is_html(body):
        return ".html"
    return ".tar" if is_tar(body) else ".tex"
