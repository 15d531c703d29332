"""Translations that were paid for: `state/translations/<paper>/v<N>-<language>.jsonl`, a line a sentence, append-only.

A cache: what is lost is translated again. A half-written line is passed over.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import AwareDatetime

from shared.contracts import now
from shared.paper_ids import folder_name
from shared.store.files.data_folder import DataFolder
from shared.store.files.jsonlines import Record, dump_line, read_lines

_LOCK = "translations"


class KeptTranslation(Record):
    """`key` is that of the sentence and of the terms of the glossary that stand in it."""

    key: str
    text: str
    model: str = ""
    made_at: AwareDatetime


class TranslationMemory:
    """The translations of all papers and people; the same sentence with the same terms is one."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def get(self, paper_id: str, version: int, language: str) -> dict[str, str]:
        """Every translation of a text by key."""
        return {line.key: line.text for line in read_lines(self._path(paper_id, version, language), KeptTranslation)}

    def add(self, paper_id: str, version: int, language: str, texts: Mapping[str, str], model: str) -> None:
        path = self._path(paper_id, version, language)
        lines = (
            KeptTranslation(paper_id=paper_id, key=key, text=text, model=model, made_at=now())
            for key, text in texts.items()
        )
        with self._data.lock(_LOCK):
            self._data.append_lines(path, "".join(map(dump_line, lines)))

    def _path(self, paper_id: str, version: int, language: str) -> Path:
        return self._data.path("state", "translations", folder_name(paper_id), f"v{version}-{language}.jsonl")


def key_of(sentence: str, glossary: Sequence[tuple[str, str]]) -> str:
    return hashlib.sha256(json.dumps([sentence, sorted(glossary)]).encode()).hexdigest()[:32]
