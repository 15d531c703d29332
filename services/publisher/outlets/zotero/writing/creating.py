"""Creates items and notes in batches; one that is there already was made by a pass that was killed."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from services.publisher.outlets.zotero.connection import MOST_OBJECTS, Gone, Zotero
from services.publisher.outlets.zotero.keys import key_of
from services.publisher.outlets.zotero.state import WrittenItem
from services.publisher.outlets.zotero.writing.content import Content, hash_of, new_item, new_note
from services.publisher.outlets.zotero.writing.merging import NOTE
from services.publisher.outlets.zotero.writing.progress import Progress, failures, successes
from shared.errors import PermanentFailure

log = logging.getLogger(__name__)

_PAPERS_A_BATCH = MOST_OBJECTS // 2
_VERSION_CONFLICT = 412


class Creator:
    """Into one collection of a library."""

    def __init__(self, zotero: Zotero, collection: str, progress: Progress) -> None:
        self._zotero, self._name, self._progress = zotero, collection, progress

    async def create(self, contents: Sequence[Content]) -> None:
        """Raises what `Zotero` raises."""
        collection = await self._collection() if contents else ""
        for start in range(0, len(contents), _PAPERS_A_BATCH):
            await self._create(contents[start : start + _PAPERS_A_BATCH], collection)

    async def _collection(self) -> str:
        """The key of the collection at the top that has the name; made where there is none."""
        name = self._name
        for key, collection in self._progress.state.collections.items():
            if collection.name == name and not collection.parent:
                return key
        key = key_of(self._progress.state.library, "collection", name)
        if key in self._progress.state.collections:
            return key
        answer = await self._zotero.post("collections", [{"key": key, "version": 0, "name": name}])
        failed = failures(answer.body)
        if failed and failed[0][0] != _VERSION_CONFLICT:
            raise PermanentFailure(f"Zotero does not make the collection {name!r}: {failed[0][1]}.")
        return key

    async def _create(self, contents: Sequence[Content], collection: str) -> None:
        """A paper that Zotero refuses stops no other one."""
        objects: list[dict[str, Any]] = []
        owners: list[tuple[Content, bool]] = []
        for content in contents:
            key = key_of(self._progress.state.library, "item", content.paper_id)
            objects.append(new_item(content, key, collection))
            owners.append((content, False))
            if content.note:
                note_key = key_of(self._progress.state.library, "note", content.paper_id)
                objects.append(new_note(content, note_key, key))
                owners.append((content, True))
        answer = await self._zotero.post("items", objects)
        failed, stored = failures(answer.body), successes(answer.body)
        for index, (content, is_note) in enumerate(owners):
            if index in failed:
                await self._not_created(content, *failed[index], is_note=is_note)
            else:
                self._created(content, stored.get(index, {}), answer.version, is_note=is_note)
        self._progress.keep()

    def _created(self, content: Content, stored: Mapping[str, Any], version: int, *, is_note: bool) -> None:
        data = stored.get("data") if isinstance(stored.get("data"), dict) else {}
        assert isinstance(data, dict)  # noqa: S101
        version = int(stored.get("version") or version)
        if is_note:
            known = self._progress.state.written[content.paper_id]
            there = hash_of(data["note"]) if "note" in data else content.hashes[NOTE]
            facts = {"note_version": version, "stored": {**known.stored, NOTE: there}}
            self._progress.put(content.paper_id, known.model_copy(update=facts))
            return
        hashes = {name: hash_of(data[name]) if name in data else content.hashes[name] for name in content.fields}
        item = WrittenItem(version=version, sent=dict(content.hashes), stored=hashes, tags=content.tags)
        self._progress.put(content.paper_id, item)
        self._progress.done.created.append(content.paper_id)

    async def _not_created(self, content: Content, code: int, why: str, *, is_note: bool) -> None:
        """One that is there already was created before, by a pass that was killed."""
        if code == _VERSION_CONFLICT:
            await self._adopt(content, is_note=is_note)
            return
        if is_note:
            log.warning("The note of %s was refused by Zotero: %s", content.paper_id, why)
            return
        self._progress.put(content.paper_id, WrittenItem(state="failed", problem=why))
        self._progress.done.failed[content.paper_id] = why

    async def _adopt(self, content: Content, *, is_note: bool) -> None:
        """Take what stands there for what was written; the person may have changed it since."""
        paper_id = content.paper_id
        key = key_of(self._progress.state.library, "note" if is_note else "item", paper_id)
        try:
            thing = (await self._zotero.get(f"items/{key}")).body
        except Gone:
            thing = {"version": 0, "data": {"deleted": 1}}
        data, version = thing["data"], int(thing["version"])
        known = self._progress.state.written.get(paper_id, WrittenItem())
        if is_note:
            is_untouched = version == known.version
            stored = hash_of(data.get("note", "")) if is_untouched else content.hashes[NOTE]
            facts = {"note_version": version, "stored": {**known.stored, NOTE: stored}}
            self._progress.put(paper_id, known.model_copy(update=facts))
        elif data.get("deleted"):
            self._progress.put(paper_id, WrittenItem(state="removed"))
        else:
            tags = tuple(str(tag["tag"]) for tag in data.get("tags", ()) if tag.get("type") == 1)
            hashes = dict(content.hashes)
            item = WrittenItem(version=version, sent=hashes, stored=hashes, tags=tags, is_edited=True)
            self._progress.put(paper_id, item)
            self._progress.done.created.append(paper_id)
