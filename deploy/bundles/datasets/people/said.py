"""Ratings and signals: `ratings.csv` and `signals.csv`, every word that was ever said; the newest one counts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from deploy.bundles.archive.package import Resource
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.archive.table_schemas import schema_of_columns
from deploy.bundles.archive.writing import BundleWriter
from deploy.bundles.datasets.dataset import Source, Target
from deploy.bundles.tally import Tally
from deploy.bundles.wording import first_line
from shared.store.files.csv_lines import cells_of, dump_rows
from shared.store.people import preferences, signals
from shared.store.people.preferences import Rating, RatingStore, cells_of_rating, rating_of_row, standing_ratings
from shared.store.people.signals import SignalStore, cells_of_signal, signal_of_row

_OLDEST_FIRST = attrgetter("occurred_at")
"""Of words of one moment the one that was stored later counts, so their order must stay."""
_TYPES = {"weight": "number", "value": "number", "occurred_at": "datetime"}
_KEY = ["event_id", "paper_id"]


class Ratings:
    name = "ratings"
    about = "likes, dislikes and ratings that were removed, each with its source and time; the newest of a paper counts"

    def write(self, source: Source, bundle: BundleWriter) -> None:
        store = RatingStore(source.data)
        ratings = sorted((rating for user in source.users for rating in store.all(user)), key=_OLDEST_FIRST)
        _write(bundle, self.name, map(cells_of_rating, ratings), preferences.COLUMNS)

    def merge(self, bundle: Bundle, resource: Resource, target: Target) -> Tally:
        tally, store = Tally(self.name), RatingStore(target.data)
        given = [_here(rating, target) for rating in _rows(bundle, resource, target, rating_of_row, tally)]
        users = {rating.user for rating in given}
        stored = {(rating.event_id, rating.paper_id) for user in store.users() for rating in store.all(user)}
        fresh = _each_once(rating for rating in given if (rating.event_id, rating.paper_id) not in stored)
        tally.same += len(given) - len(fresh)
        for user in sorted(users):
            here = store.all(user)
            _compare(here, [rating for rating in fresh if rating.user == user], tally)
        if fresh and not target.dry_run:
            store.append(fresh)
        return tally


class Signals:
    name = "signals"
    about = "papers that were saved, skipped, opened and read"

    def write(self, source: Source, bundle: BundleWriter) -> None:
        store = SignalStore(source.data)
        listed = sorted((signal for user in source.users for signal in store.all(user)), key=_OLDEST_FIRST)
        _write(bundle, self.name, map(cells_of_signal, listed), signals.COLUMNS)

    def merge(self, bundle: Bundle, resource: Resource, target: Target) -> Tally:
        tally, store = Tally(self.name), SignalStore(target.data)
        given = [_here(signal, target) for signal in _rows(bundle, resource, target, signal_of_row, tally)]
        users = {signal.user for signal in given}
        stored = {(signal.user, signal.event_id, signal.paper_id) for user in users for signal in store.all(user)}
        fresh = _each_once(s for s in given if (s.user, s.event_id, s.paper_id) not in stored)
        tally.count_unknown(len(given), len(fresh))
        if fresh and not target.dry_run:
            store.append(fresh)
        return tally


def _write(bundle: BundleWriter, name: str, rows: Iterable[Iterable[object]], columns: Sequence[str]) -> None:
    lines = (dump_rows([row], columns, with_header=False).encode("utf-8", "replace") for row in rows)
    schema = schema_of_columns({column: _TYPES.get(column, "string") for column in columns}, _KEY)
    bundle.add_lines(name, f"{name}.csv", lines, schema, header=dump_rows([], columns, with_header=True).encode())


def _rows(bundle: Bundle, resource: Resource, target: Target, read: Any, tally: Tally) -> Iterator[Any]:
    """The words of a file that can be read; the first line names the columns."""
    columns: list[str] = []
    for number, line in bundle.lines(resource):
        cells = cells_of(line)
        if number == 1:
            columns = cells
        elif cells:
            row: Mapping[str, str] = dict(zip(columns, cells, strict=False))
            try:
                yield read(row, target.latest)
            except (KeyError, ValueError, TypeError, OverflowError) as error:
                tally.refuse(f"{resource.path}, line {number}: {first_line(error)}")


def _here(word: Any, target: Target) -> Any:
    """A word under the name that its user has here."""
    return replace(word, event_id=target.event_id(word.event_id, word.user), user=target.user(word.user))


def _each_once(words: Iterable[Any]) -> list[Any]:
    return list({(word.event_id, word.paper_id): word for word in words}.values())


def _compare(here: Sequence[Rating], fresh: Sequence[Rating], tally: Tally) -> None:
    """Count a user's new words, and tell which papers are liked in one place and disliked in the other."""
    before = standing_ratings(here)
    told = standing_ratings(sorted(fresh, key=_OLDEST_FIRST))
    words = sorted([*here, *fresh], key=_OLDEST_FIRST)
    newest, after = {word.paper_id: word for word in words}, standing_ratings(words)
    for rating in fresh:
        mine = before.get(rating.paper_id)
        if mine is None:
            tally.new += 1
        elif newest[rating.paper_id] == rating:
            tally.newer += 1
        else:
            tally.older += 1
    for paper_id, theirs in told.items():
        mine = before.get(paper_id)
        if mine is not None and mine.label != theirs.label:
            word = "that here" if after.get(paper_id) == mine else "that in the bundle"
            tally.conflict(
                f"{paper_id} of {theirs.user}: {theirs.label} of {theirs.occurred_at:%Y-%m-%d} in the bundle, "
                f"{mine.label} of {mine.occurred_at:%Y-%m-%d} here; the newer counts, {word}"
            )
