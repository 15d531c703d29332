"""Which paper a discussion is about: giscus titles it with the term that the site gives, the paper's id.

Discussions that an older site made by path or address are understood too: `papers/2403.12345/`.
"""

from urllib.parse import urlsplit

from shared.paper_ids import parse_paper_id

_LONGEST_TITLE = 500
_ENDINGS = ("/index.html", ".html", ".md")


def paper_of(title: str) -> str | None:
    """The id without version; None for a discussion that is about no paper."""
    text = title.strip()[:_LONGEST_TITLE]
    return next((paper_id for candidate in _candidates(text) if (paper_id := _parsed(candidate))), None)


def _candidates(text: str) -> list[str]:
    """What may be the id: all of it, and the end of a path, where old ids have one slash or, as a file, `_`;
    as a file, ids of other servers have `_` for their colon."""
    try:
        path = urlsplit(text).path.strip("/")
    except ValueError:
        return [text]
    for ending in _ENDINGS:
        path = path.removesuffix(ending)
    if any(char.isspace() for char in path):
        return [text]
    parts = path.split("/")
    return [text, parts[-1], parts[-1].replace("_", "/"), parts[-1].replace("_", ":", 1), "/".join(parts[-2:])]


def _parsed(text: str) -> str | None:
    try:
        return parse_paper_id(text)
    except ValueError:
        return None
