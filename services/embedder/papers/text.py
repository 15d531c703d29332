"""What of a paper is embedded, and the hash by which a change of it is noticed."""

import hashlib
import unicodedata

from shared.store.papers.metadata import Paper

TEXT_RECIPE = "title. abstract; NFC; single spaces"


def text_of(paper: Paper) -> str:
    """Title and abstract on one line; empty where neither has a letter or digit."""
    text = normalised(paper.text)
    return text if any(character.isalnum() for character in text) else ""


def normalised(text: str) -> str:
    """Composed characters and single spaces, so that the same words give the same vector."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def hash_of(text: str) -> str:
    """128 bits of SHA-256, as hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
