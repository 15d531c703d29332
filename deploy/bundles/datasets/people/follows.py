"""Follows: `follows.jsonl`, every beginning and end; of a thing the newest word counts."""

from collections.abc import Iterable
from itertools import groupby

from deploy.bundles.archive.package import Resource
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.archive.table_schemas import schema_of_model
from deploy.bundles.archive.writing import BundleWriter
from deploy.bundles.datasets.dataset import Source, Target
from deploy.bundles.datasets.records import check_moment, records_in
from deploy.bundles.tally import Tally
from shared.errors import PermanentFailure
from shared.store.files.jsonlines import dump_line
from shared.store.people.follows import Follow, FollowStore

_Thing = tuple[str, str]


class Follows:
    name = "follows"
    about = "the authors, phrases, categories, tags and searches that are followed, or no longer"

    def write(self, source: Source, bundle: BundleWriter) -> None:
        words = sorted(FollowStore(source.data).words(), key=lambda word: word.at)
        lines = (dump_line(word).encode("utf-8", "replace") for word in words if source.user in ("", word.user))
        bundle.add_lines(
            self.name, f"{self.name}.jsonl", lines, schema_of_model(Follow, ["user", "kind", "value", "at"])
        )

    def merge(self, bundle: Bundle, resource: Resource, target: Target) -> Tally:
        tally, store = Tally(self.name), FollowStore(target.data)
        newest_here = _newest(store.words())
        given = _given(bundle, resource, target, tally)
        newest_there = _newest(given)
        for word in given:
            here, there = newest_here.get(_thing(word)), newest_there[_thing(word)]
            if here is not None and here.at >= there.at:
                tally.same += here.at == there.at
                tally.older += here.at > there.at
            elif here is None or word.at > here.at:
                _put(word, here, store, target, tally)
            else:
                tally.same += 1
        return tally


def _thing(word: Follow) -> _Thing:
    return word.user, word.key


def _newest(words: Iterable[Follow]) -> dict[_Thing, Follow]:
    """The newest word of each user about each thing."""
    ordered = sorted(words, key=lambda word: (_thing(word), word.at))
    return {thing: [*of_thing][-1] for thing, of_thing in groupby(ordered, _thing)}


def _given(bundle: Bundle, resource: Resource, target: Target, tally: Tally) -> list[Follow]:
    words = records_in(bundle, resource, Follow, tally, lambda word: check_moment(word.at, target.latest))
    return sorted(
        (word.model_copy(update={"user": target.user(word.user)}) for word in words), key=lambda word: word.at
    )


def _put(word: Follow, here: Follow | None, store: FollowStore, target: Target, tally: Tally) -> None:
    try:
        if not target.dry_run:
            store.put(word)
    except PermanentFailure as error:
        tally.refuse(f"{word.kind} {word.name!r} of {word.user}: {error}")
        return
    tally.new += here is None
    tally.newer += here is not None
    if here is not None and here.followed != word.followed:
        says = "is followed" if word.followed else "is no longer followed"
        tally.conflict(f"{word.kind} {word.name!r} of {word.user} {says}, by a newer word in the bundle")
