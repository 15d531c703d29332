"""One pass of writing: what is new is created, what has changed is updated, what the person took away stays away."""

from collections.abc import Sequence

from services.publisher.outlets.zotero.connection import Zotero
from services.publisher.outlets.zotero.keys import key_of
from services.publisher.outlets.zotero.state import WrittenItem, ZoteroState
from services.publisher.outlets.zotero.writing.content import Content
from services.publisher.outlets.zotero.writing.creating import Creator
from services.publisher.outlets.zotero.writing.merging import changes_of
from services.publisher.outlets.zotero.writing.progress import Progress
from services.publisher.outlets.zotero.writing.updating import Updater


async def write_papers(zotero: Zotero, collection: str, progress: Progress, contents: Sequence[Content]) -> None:
    """Raises what `Zotero` raises; what is done by then is kept."""
    settle(progress, contents)
    fresh = new_papers(progress.state, contents)
    await Creator(zotero, collection, progress).create(fresh)
    created = {content.paper_id for content in fresh}
    updater = Updater(zotero, progress)
    for content in contents:
        written = progress.state.written.get(content.paper_id)
        if content.paper_id not in created and written is not None and written.state == "written":
            await updater.update(content, written)
    progress.keep()


def new_papers(state: ZoteroState, contents: Sequence[Content]) -> list[Content]:
    """What has to be created."""
    return [
        content
        for content in contents
        if (written := state.written.get(content.paper_id)) is None or written.state == "failed"
    ]


def changed_papers(state: ZoteroState, contents: Sequence[Content]) -> dict[str, list[str]]:
    """Which fields of which papers are to be changed."""
    known = {content.paper_id: (content, state.written.get(content.paper_id)) for content in contents}
    changes = {
        paper_id: changes_of(content, written)
        for paper_id, (content, written) in known.items()
        if written is not None and written.state == "written"
    }
    return {paper_id: names for paper_id, names in changes.items() if names}


def settle(progress: Progress, contents: Sequence[Content]) -> None:
    """Decide what the library says: papers that the person has already are left to them, removed ones stay away."""
    items, library = progress.state.items, progress.state.library
    keys: dict[str, set[str]] = {}
    for key, item in items.items():
        keys.setdefault(item.paper_id, set()).add(key)
    for content in contents:
        own = key_of(library, "item", content.paper_id)
        theirs = keys.get(content.paper_id, set())
        if content.paper_id not in progress.state.written and theirs and own not in theirs:
            progress.put(content.paper_id, WrittenItem(state="present"))
            progress.done.present.append(content.paper_id)
    for paper_id, written in progress.state.written.items():
        is_read = written.version <= progress.state.version
        if written.state == "written" and is_read and key_of(library, "item", paper_id) not in items:
            progress.put(paper_id, written.model_copy(update={"state": "removed"}))
            progress.done.removed.append(paper_id)
