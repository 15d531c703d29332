"""What strangers wrote, made fit to be read by a language model: nothing hidden in it, nothing that loads or leads."""

import re

from shared.text.safe.plain_text import harmless
from shared.text.safe.safe_markdown import safe_markdown

_UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2064\u206a-\u206f"
    "\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
"""Characters that nobody sees and a model reads: tags, variation selectors, joiners of nothing."""
_LINK = re.compile(r"(?<!\\)\]\(")


def seen(text: str) -> str:
    """The same letters, without characters that nobody sees or that steer what shows them."""
    return harmless(_UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def quoted(text: str) -> str:
    """Markdown without pictures, HTML, or characters that nobody sees; a link is no link any more."""
    return _LINK.sub("] (", safe_markdown(seen(text)))


def quoted_line(text: str, longest: int = 2_000) -> str:
    """As `quoted`, on one line, and cut."""
    line = " ".join(quoted(text[: 4 * longest]).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
