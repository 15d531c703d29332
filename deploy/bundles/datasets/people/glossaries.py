"""Glossaries for translations: `glossaries.jsonl`. Terms that both places have stay as they are here."""

import json
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from deploy.bundles.archive.package import Resource
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.archive.table_schemas import schema_of_model
from deploy.bundles.archive.writing import BundleWriter
from deploy.bundles.datasets.dataset import Source, Target
from deploy.bundles.datasets.records import records_in
from deploy.bundles.tally import Tally
from shared.contracts import LANGUAGE_PATTERN, MAX_GLOSSARY_CHARACTERS
from shared.store.people.glossaries import GlossaryStore, joined
from shared.store.people.notes import clean_text


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    user: str
    language: str = Field(pattern=LANGUAGE_PATTERN)
    text: str


class Glossaries:
    name = "glossaries"
    about = "terms and how users want them translated, by language"

    def write(self, source: Source, bundle: BundleWriter) -> None:
        schema = schema_of_model(_Line, ["user", "language"])
        bundle.add_lines(self.name, f"{self.name}.jsonl", _lines(source), schema)

    def merge(self, bundle: Bundle, resource: Resource, target: Target) -> Tally:
        tally, store = Tally(self.name), GlossaryStore(target.data)
        for given in records_in(bundle, resource, _Line, tally):
            _merge(given, store, target, tally)
        return tally


def _lines(source: Source) -> Iterator[bytes]:
    store = GlossaryStore(source.data)
    for user in source.users:
        for language, glossary in store.all(user).items():
            facts = {"user": user, "language": language, "text": glossary.text}
            yield (json.dumps(facts, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _merge(given: _Line, store: GlossaryStore, target: Target, tally: Tally) -> None:
    user, clean = target.user(given.user), clean_text(given.text)
    here = store.get(user, given.language).text
    text, disputed = joined(here, clean) if here else (clean, [])
    if disputed:
        tally.conflict(f"{', '.join(disputed[:5])} of {user} ({given.language}): translated otherwise here; that stays")
    if text == here:
        tally.same += 1
        return
    if len(text) > MAX_GLOSSARY_CHARACTERS:
        tally.refuse(
            f"the glossary of {user} ({given.language}): it would be longer than {MAX_GLOSSARY_CHARACTERS:,} characters"
        )
        return
    tally.new += not here
    tally.newer += bool(here)
    if not target.dry_run:
        store.put(user, given.language, text)
