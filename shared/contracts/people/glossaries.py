"""What the feedback service is asked about glossaries: to keep one."""

from pydantic import Field

from shared.contracts.base import DEFAULT_USER, MAX_NAME_CHARACTERS, Reply, Request
from shared.contracts.papers.translating import LANGUAGE_PATTERN

MAX_GLOSSARY_CHARACTERS = 20_000


class PutGlossaryReply(Reply):
    """The glossary that stands now, and its fingerprint; `is_saved` False: the writer had seen another one."""

    is_saved: bool
    text: str
    fingerprint: str


class PutGlossary(Request[PutGlossaryReply]):
    """Store a user's terms for translations into a language, a `term = translation` a line; an empty text removes it.

    `based_on` is the fingerprint of the text that the writer saw (empty: there was none); None replaces whatever is
    there.
    """

    subject = "feedback.glossary"
    language: str = Field(pattern=LANGUAGE_PATTERN)
    text: str = Field(max_length=MAX_GLOSSARY_CHARACTERS)
    based_on: str | None = Field(None, max_length=64)
    user: str = Field(default=DEFAULT_USER, min_length=1, max_length=MAX_NAME_CHARACTERS)
