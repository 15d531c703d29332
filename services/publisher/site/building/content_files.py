"""The Markdown that a build starts from: which papers, with what hash, and whether any file changed since."""

import hashlib
import re
from collections.abc import Collection
from pathlib import Path


def paper_hashes(content: Path) -> dict[str, str]:
    """The hash of each paper's file, by its name without `.md`."""
    files = sorted(content.glob("papers/[!.]*.md"))
    return {path.stem: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in files}


def papers_leading_to(content: Path, papers: Collection[str], days: Collection[str]) -> set[str]:
    """The papers whose files name one of these papers in a link, or one of these days as that of their pick."""
    if not papers and not days:
        return set()
    link = re.compile(rb"papers/(?:%b)\.md|^picked: .*(?:%b)" % (_any_of(papers), _any_of(days)), re.MULTILINE)
    return {path.stem for path in content.glob("papers/[!.]*.md") if link.search(path.read_bytes())}


def _any_of(names: Collection[str]) -> bytes:
    return b"|".join(re.escape(name.encode()) for name in sorted(names)) or rb"(?!)"


def days_of(content: Path) -> list[str]:
    return sorted((path.stem for path in content.glob("days/[!.]*.md")), reverse=True)


def content_stamp(content: Path) -> str:
    """Another one whenever a file was written, added or removed; costs only a look at the folder."""
    digest = hashlib.sha256()
    for path in sorted(content.rglob("[!.]*")):
        if path.is_file():
            stat = path.stat()
            digest.update(f"{path.relative_to(content)} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def last_change(content: Path) -> float:
    """When a file was last written, in seconds since 1970; 0 where there is none."""
    return max((path.stat().st_mtime for path in content.rglob("*.md")), default=0.0)
