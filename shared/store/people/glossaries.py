"""Glossaries for translations: `glossaries/<user>/<language>.txt`, a term and its translation a line. By feedback.

A person may edit the files by hand; a line that is no term stays in its file and is passed over.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from shared.contracts import LANGUAGE_PATTERN, MAX_GLOSSARY_CHARACTERS, MOST_GLOSSARY_TERMS, MOST_TERM_CHARACTERS
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_names import file_name
from shared.store.people.notes import clean_text
from shared.store.people.own_texts import fingerprint_of, replace_text

_LANGUAGE = re.compile(LANGUAGE_PATTERN)
_MOST_BYTES = 4 * MAX_GLOSSARY_CHARACTERS


@dataclass(frozen=True)
class Glossary:
    """A user's terms for one language as they were written; an empty text where there are none."""

    text: str = ""

    @property
    def fingerprint(self) -> str:
        """Changes with the text; empty without one."""
        return fingerprint_of(self.text)

    @property
    def terms(self) -> tuple[tuple[str, str], ...]:
        """The terms of lines such as `graph = Graph`, each once, the first lines first."""
        return tuple(_terms(self.text).items())[:MOST_GLOSSARY_TERMS]

    @property
    def problem(self) -> str:
        """Which lines are no terms, or too many; empty where all count."""
        odd = [number for number, line in enumerate(self.text.splitlines(), 1) if line.strip() and not _term_of(line)]
        if odd:
            listed = ", ".join(map(str, odd[:5])) + (" and others" if len(odd) > 5 else "")
            names = f"Line {listed} is" if len(odd) == 1 else f"Lines {listed} are"
            return f"{names} passed over: write “term = translation”, up to {MOST_TERM_CHARACTERS} characters each."
        count = len(_terms(self.text))
        return f"Only the first {MOST_GLOSSARY_TERMS} of {count} terms count." if count > MOST_GLOSSARY_TERMS else ""


class GlossaryStore:
    """The glossaries of all users."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def get(self, user: str, language: str) -> Glossary:
        """Raises ValueError for what is no language."""
        return _read(self._path(user, language))

    def all(self, user: str) -> Mapping[str, Glossary]:
        """A user's glossaries by language."""
        paths = sorted(self._data.path("glossaries", file_name(user)).glob("*.txt"))
        found = {path.stem: _read(path) for path in paths if _LANGUAGE.fullmatch(path.stem)}
        return {language: glossary for language, glossary in found.items() if glossary.text}

    def put(self, user: str, language: str, text: str, based_on: str | None = None) -> tuple[bool, Glossary]:
        """Store a glossary, or remove it where `text` is empty: whether that was done, and what stands now.

        Not done where `based_on` is not the fingerprint of what stands, unless that is the same text already.
        """
        path, standing = self._path(user, language), partial(self.get, user, language)
        is_done = replace_text(self._data, "glossaries", path, standing, clean_text(text), based_on)
        return is_done, standing()

    def _path(self, user: str, language: str) -> Path:
        if not _LANGUAGE.fullmatch(language):
            raise ValueError(f"{language!r} is no code of a language")
        return self._data.path("glossaries", file_name(user), f"{language}.txt")


def joined(mine: str, other: str) -> tuple[str, list[str]]:
    """A glossary with the terms of another that it lacks below its own, and the terms that both give otherwise."""
    here, theirs = _terms(mine), _terms(other)
    added = [f"{term} = {translation}" for term, translation in theirs.items() if term not in here]
    return "\n".join(filter(None, (mine, *added))), [
        term for term in theirs if here.get(term, theirs[term]) != theirs[term]
    ]


def _read(path: Path) -> Glossary:
    try:
        with path.open("rb") as file:
            return Glossary(clean_text(file.read(_MOST_BYTES).decode("utf-8-sig", "replace")))
    except OSError:
        return Glossary()


def _terms(text: str) -> dict[str, str]:
    terms: dict[str, str] = {}
    for term, translation in _pairs(text):
        terms.setdefault(term, translation)
    return terms


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    return (pair for line in text.splitlines() if (pair := _term_of(line)))


def _term_of(line: str) -> tuple[str, str] | None:
    term, equals, translation = line.partition("=")
    pair = term.strip(), translation.strip()
    return pair if equals and all(pair) and max(map(len, pair)) <= MOST_TERM_CHARACTERS else None
