"""Which of the site's files a person has edited: each generated file carries a hash of itself in its front matter.

So nothing else has to remember what was written; a file whose line `generated` was taken out is a person's own too.
"""

import hashlib
import re

_START = "---\n"
_GENERATED = re.compile(r'\A---\ngenerated: "([0-9a-f]{16})"\n')


def signed(text: str) -> str:
    """A generated file, which begins with its front matter, with its hash in it."""
    return f'{_START}generated: "{_hash(text)}"\n{text.removeprefix(_START)}'


def is_generated(text: str) -> bool:
    """Whether a file is as it was generated, so that it may be written anew.

    Earlier versions also signed what a person's own template made without front matter.
    """
    match = _GENERATED.match(text)
    return match is not None and match[1] in {_hash(start + text[match.end() :]) for start in (_START, "")}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
