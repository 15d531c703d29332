"""What a library says of each paper, and which ratings are news. Pure decisions.

A tag says more than a collection, and of both tags neither is meant. What we wrote ourselves says nothing, until the
person gives it a tag or files it elsewhere.
"""

import uuid
from collections.abc import Collection as Keys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from services.publisher.outlets.zotero.keys import key_of
from services.publisher.outlets.zotero.reading.items import paths_of
from services.publisher.outlets.zotero.state import KnownItem, SaidRating, ZoteroState
from shared.contracts import FIRST_MOMENT, FeedbackLabel, Label
from shared.settings.sections.zotero import ZoteroSettings
from shared.store.people.preferences import Rating

SOURCE = "zotero"
_NAMESPACE = uuid.UUID("5a1c7f0e-3d62-4b8e-9f47-2b60c8d1e935")


@dataclass(frozen=True)
class Word:
    """What an item says of its paper."""

    label: Label
    weight: float
    key: str
    item: KnownItem
    is_tagged: bool


@dataclass(frozen=True)
class News:
    """A change: the event to publish, where it is one, and what the library has said then."""

    paper_id: str
    said: SaidRating
    event: FeedbackLabel | None = None


def words_of(state: ZoteroState, settings: ZoteroSettings) -> dict[str, Word]:
    """By paper. Of several items of one paper a tag wins, and a like and a dislike by tags cancel out."""
    if not settings.read:
        return {}
    patterns = [pattern.strip("/").casefold() for pattern in settings.read]
    paths = paths_of(state.collections)
    read = {key for key, path in paths.items() if any(fnmatchcase(path.casefold(), one) for one in patterns)}
    words: dict[str, list[Word]] = {}
    for key, item in state.items.items():
        is_ours = key == key_of(state.library, "item", item.paper_id)
        counted = read - own_collections(state, settings) if is_ours else read
        if word := _word(key, item, counted, settings):
            words.setdefault(item.paper_id, []).append(word)
    return {paper_id: best for paper_id, said in words.items() if (best := _best(said))}


def own_collections(state: ZoteroState, settings: ZoteroSettings) -> set[str]:
    """The keys of the collection that we write into, made by us or by the person."""
    ours = key_of(state.library, "collection", settings.collection)
    return {
        ours,
        *(key for key, one in state.collections.items() if not one.parent and one.name == settings.collection),
    }


def news(
    state: ZoteroState,
    settings: ZoteroSettings,
    newest: Mapping[str, Rating],
    known_before: Keys[str],
    read_before: datetime | None,
    present: datetime,
) -> list[News]:
    """What changed since it was passed on. `newest` is the user's newest word on each paper, removals included.

    `known_before` are the keys of items that were there at the last reading, `read_before` is when that was.
    """
    words = words_of(state, settings)
    changes = []
    for paper_id in sorted({*words, *state.said}):
        word, said = words.get(paper_id), state.said.get(paper_id)
        label: Label = word.label if word else "clear"
        weight = word.weight if word else 1.0
        if (said is None and word is None) or (said is not None and (said.label, said.weight) == (label, weight)):
            continue
        next_said = SaidRating(label=label, weight=weight, count=said.count + 1 if said else 1)
        at = _said_at(word, said, known_before, read_before, present)
        event = _event(state.library, settings.user, paper_id, next_said, at)
        changes.append(News(paper_id, next_said, event if _matters(newest.get(paper_id), event) else None))
    return changes


def _word(key: str, item: KnownItem, read: Keys[str], settings: ZoteroSettings) -> Word | None:
    tags = {tag.casefold() for tag in item.tags}
    likes = bool(tags & {tag.casefold() for tag in settings.like_tags})
    dislikes = bool(tags & {tag.casefold() for tag in settings.dislike_tags})
    if likes != dislikes:
        return Word("like" if likes else "dislike", 1.0, key, item, is_tagged=True)
    is_filed = not likes and any(collection in read for collection in item.collections)
    return Word("like", settings.weight, key, item, is_tagged=False) if is_filed else None


def _best(words: list[Word]) -> Word | None:
    tagged = [word for word in words if word.is_tagged]
    if len({word.label for word in tagged}) > 1:
        return None
    return tagged[0] if tagged else words[0]


def _said_at(
    word: Word | None, said: SaidRating | None, known_before: Keys[str], read_before: datetime | None, present: datetime
) -> datetime:
    """When a word was said, as nearly as Zotero tells: an item that is new to us counts from when it was added.

    A change of what we knew was made after we looked last, and Zotero tells of tags, not of filing.
    """
    if word is None or said is not None or word.key in known_before:
        since = read_before or FIRST_MOMENT
        changed = word.item.modified if word and word.item.modified else present
        return min(max(changed, since), present) if changed > since else present
    moment = (word.item.modified if word.is_tagged else word.item.added) or present
    return min(max(moment, FIRST_MOMENT), present)


def _matters(newest: Rating | None, event: FeedbackLabel) -> bool:
    """A word is passed on unless the person has said the same, or something else later; only ours is taken back."""
    if event.label == "clear":
        return newest is not None and newest.source == SOURCE and newest.label != "clear"
    if newest is None:
        return True
    says_the_same = newest.label == event.label and (newest.source != SOURCE or newest.weight == event.weight)
    return not says_the_same and newest.occurred_at <= event.occurred_at


def _event(library: str, user: str, paper_id: str, said: SaidRating, at: datetime) -> FeedbackLabel:
    """The same change has the same id, however often it is found."""
    identity = uuid.uuid5(_NAMESPACE, f"{library} {user} {paper_id} {said.count} {said.label} {said.weight}").hex
    return FeedbackLabel(
        event_id=f"zotero-{identity}",
        paper_ids=(paper_id,),
        label=said.label,
        source=SOURCE,
        actor=user,
        user=user,
        weight=said.weight,
        occurred_at=at,
    )
