"""Changes items and notes that were written before, each against the version that we know of it."""

from typing import Any

from services.publisher.outlets.zotero.connection import Changed, Gone, Zotero
from services.publisher.outlets.zotero.keys import key_of
from services.publisher.outlets.zotero.state import WrittenItem
from services.publisher.outlets.zotero.writing.content import Content, hash_of, new_note
from services.publisher.outlets.zotero.writing.merging import NOTE, changes_of, merged, note_conflict
from services.publisher.outlets.zotero.writing.progress import Progress, failures, successes
from shared.errors import TemporaryFailure

_TRIES = 4


class Updater:
    """Of one library."""

    def __init__(self, zotero: Zotero, progress: Progress) -> None:
        self._zotero, self._progress = zotero, progress

    async def update(self, content: Content, written: WrittenItem) -> None:
        """Write what changed here, unless it was changed there as well."""
        changed = changes_of(content, written)
        if not changed:
            return
        try:
            after = await self._update_item(content, written)
            if NOTE in changed:
                after = await self._update_note(content, after)
        except Gone:
            self._progress.put(content.paper_id, written.model_copy(update={"state": "removed"}))
            self._progress.done.removed.append(content.paper_id)
        except Changed as error:
            raise TemporaryFailure(f"{content.paper_id} is being changed in Zotero: {error}") from error
        else:
            self._progress.put(content.paper_id, after)
            told = set(after.conflicts) - set(written.conflicts)
            (self._progress.done.conflicts if told else self._progress.done.updated).append(content.paper_id)
        self._progress.keep()

    async def _update_item(self, content: Content, written: WrittenItem) -> WrittenItem:
        path = f"items/{key_of(self._progress.state.library, 'item', content.paper_id)}"
        theirs: dict[str, Any] | None = None
        version = written.version
        if written.is_edited:
            theirs, version = await self._read(path)
        for _ in range(_TRIES):
            merge = merged(content, written, theirs)
            try:
                version = await self._zotero.patch(path, merge.patch, version) if merge.patch else version
            except Changed:
                theirs, version = await self._read(path)
                continue
            kept = {name: written.sent[name] for name in (*merge.conflicts, NOTE) if name in written.sent}
            stored = {name: hash_of(value) for name, value in merge.patch.items() if name != "tags"}
            facts = {
                "version": version,
                "is_edited": theirs is not None,
                "sent": {**content.hashes, **kept},
                "stored": {**written.stored, **stored},
                "tags": content.tags,
                "conflicts": {**_still(written, content), **merge.conflicts},
            }
            return written.model_copy(update=facts)
        raise Changed(f"{path} changes faster than it can be read")

    async def _update_note(self, content: Content, written: WrittenItem) -> WrittenItem:
        """A note that the person changed or deleted stays so."""
        sent = {**written.sent, NOTE: content.hashes[NOTE]}
        if not written.note_version:
            return await self._add_note(content, written, sent)
        path = f"items/{key_of(self._progress.state.library, 'note', content.paper_id)}"
        try:
            return await self._change_note(path, content, written, sent)
        except Gone:
            return written.model_copy(update={"sent": sent})

    async def _add_note(self, content: Content, written: WrittenItem, sent: dict[str, str]) -> WrittenItem:
        """To an item that had none; one that is there already is taken as it stands, and compared next time."""
        library = self._progress.state.library
        key, parent = (key_of(library, kind, content.paper_id) for kind in ("note", "item"))
        answer = await self._zotero.post("items", [new_note(content, key, parent)])
        if failures(answer.body):
            return written.model_copy(update={"sent": sent})
        note = successes(answer.body).get(0, {}).get("data", {}).get("note", content.note)
        facts = {"sent": sent, "stored": {**written.stored, NOTE: hash_of(note)}, "note_version": answer.version}
        return written.model_copy(update=facts)

    async def _change_note(
        self, path: str, content: Content, written: WrittenItem, sent: dict[str, str]
    ) -> WrittenItem:
        """Zotero may keep a note in other HTML than it was sent, so it is read again. Raises Gone and Changed."""
        version = written.note_version
        for _ in range(_TRIES):
            try:
                await self._zotero.patch(path, {"note": content.note}, version)
            except Changed:
                theirs, version = await self._read(path)
                if note_conflict(content, written, theirs):
                    conflicts = {**written.conflicts, NOTE: content.hashes[NOTE]}
                    return written.model_copy(update={"conflicts": conflicts})
                continue
            theirs, version = await self._read(path)
            stored = {**written.stored, NOTE: hash_of(theirs.get("note", ""))}
            return written.model_copy(update={"sent": sent, "stored": stored, "note_version": version})
        raise Changed(f"{path} changes faster than it can be read")

    async def _read(self, path: str) -> tuple[dict[str, Any], int]:
        """An object as it is now, with its version. Raises Gone for one in the bin, too."""
        thing = (await self._zotero.get(path)).body
        if thing["data"].get("deleted"):
            raise Gone(f"{path} is in Zotero's bin")
        return thing["data"], int(thing["version"])


def _still(written: WrittenItem, content: Content) -> dict[str, str]:
    """Conflicts of before that are none the less so today."""
    return {name: ours for name, ours in written.conflicts.items() if content.hashes.get(name) == ours}
