"""Notes: `notes.jsonl`, without those on people's own files. Of two notes on a paper both texts are kept."""

import json
from collections.abc import Iterator
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict

from deploy.bundles.archive.package import Resource
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.archive.table_schemas import schema_of_model
from deploy.bundles.archive.writing import BundleWriter
from deploy.bundles.datasets.dataset import Source, Target
from deploy.bundles.datasets.records import records_in
from deploy.bundles.tally import Tally
from shared.paper_ids import PaperId, is_local
from shared.store.people.notes import Note, NoteStore, clean_text


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    user: str
    paper_id: PaperId
    text: str
    changed_at: AwareDatetime


class Notes:
    name = "notes"
    about = "notes on papers, in Markdown; without those on people's own files"

    def write(self, source: Source, bundle: BundleWriter) -> None:
        schema = schema_of_model(_Line, ["user", "paper_id"])
        bundle.add_lines(self.name, f"{self.name}.jsonl", _lines(source), schema)

    def merge(self, bundle: Bundle, resource: Resource, target: Target) -> Tally:
        tally, store = Tally(self.name), NoteStore(target.data)
        for given in records_in(bundle, resource, _Line, tally):
            _merge(given, bundle.package.created, store, target, tally)
        return tally


def _lines(source: Source) -> Iterator[bytes]:
    store = NoteStore(source.data)
    for user in source.users:
        for note in sorted(store.all(user), key=lambda note: note.paper_id):
            if is_local(note.paper_id):
                continue  # own files are in no bundle
            facts = {
                "user": user,
                "paper_id": note.paper_id,
                "text": note.text,
                "changed_at": note.changed_at.isoformat() if note.changed_at else None,
            }
            yield (json.dumps(facts, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _merge(given: _Line, made_at: datetime, store: NoteStore, target: Target, tally: Tally) -> None:
    user, text = target.user(given.user), clean_text(given.text)
    here = store.get(user, given.paper_id)
    if not text or text in here.text:
        tally.same += 1
        return
    if here.text:
        tally.newer += 1
        tally.conflict(f"{given.paper_id} of {user}: there is another note here; that of the bundle goes below it")
        text = f"{here.text}\n\n---\n\nFrom a bundle of {made_at:%Y-%m-%d}:\n\n{text}"
    else:
        tally.new += 1
    if not target.dry_run:
        store.put(user, given.paper_id, text)
        if not here.text:
            store.set_changed_at(user, Note(given.paper_id, text, min(given.changed_at, target.latest)))
