"""Selections: `selections/<YYYY-MM>.parquet`, a row group for each; a selection that is here already stays."""

import re
from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from deploy.bundles.archive.package import Resource
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.archive.table_schemas import schema_of_table
from deploy.bundles.archive.writing import BundleWriter
from deploy.bundles.datasets.dataset import Source, Target
from deploy.bundles.tally import Tally
from deploy.bundles.wording import first_line
from shared.paper_ids import parse_paper_id
from shared.store.selected.candidates import SCHEMA, Candidate, candidates_of, table_of
from shared.store.selections import SelectionStore

_FILE = "file"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,150}")
_SCHEMA = SCHEMA.append(pa.field(_FILE, pa.string()))


class Selections:
    name = "selections"
    about = "every candidate of a day with score, rank, outcome and reasons; `file` names the selection"

    def write(self, source: Source, bundle: BundleWriter) -> None:
        store = SelectionStore(source.data)
        days = {user: store.of(user).days() for user in source.users}
        schema = schema_of_table(_SCHEMA, ["user", "day", _FILE, "paper_id"])
        for month in sorted({f"{day:%Y-%m}" for of_user in days.values() for day in of_user}):
            tables = (
                table
                for user in source.users
                for day in sorted(days[user])
                if f"{day:%Y-%m}" == month
                for table in _tables(store.of(user), user, day)
            )
            bundle.add_tables(self.name, f"{self.name}/{month}.parquet", tables, schema, {})

    def merge(self, bundle: Bundle, resource: Resource, target: Target) -> Tally:
        tally, store = Tally(self.name), SelectionStore(target.data)
        with bundle.as_file(resource) as path:
            try:
                with pq.ParquetFile(path) as file:
                    if not file.schema_arrow.equals(_SCHEMA):
                        raise ValueError("its columns are not those of selections")
                    for number in range(file.num_row_groups):
                        _merge(file.read_row_group(number), store, target, tally)
            except (ValueError, pa.ArrowException, OSError) as error:
                tally.refuse(f"{resource.path}: {first_line(error)}")
        return tally


def _tables(store: SelectionStore, user: str, day: date) -> Iterator[pa.Table]:
    """The selections of a user and a day, each with the name of its file in a column."""
    for name in store.runs(day):
        candidates = [candidate for candidate in store.read(day, name) if candidate.user == user]
        if candidates:
            table = table_of(candidates)
            yield table.append_column(_SCHEMA.field(_FILE), pa.array([name] * len(candidates), pa.string()))


def _merge(table: pa.Table, store: SelectionStore, target: Target, tally: Tally) -> None:
    """Merge one selection; one that cannot be used is refused and takes no other with it."""
    try:
        name, candidates = _selection_of(table, target)
    except (ValidationError, ValueError) as error:
        tally.refuse(f"A selection of {table.num_rows} candidates: {first_line(error)}", table.num_rows)
        return
    first = candidates[0]
    mine = store.of(first.user)
    here = mine.read(first.day, name)
    if not here:
        tally.new += len(candidates)
        if not target.dry_run:
            mine.write(first.day, name, candidates)
    elif here == candidates:
        tally.same += len(candidates)
    else:
        tally.older += len(candidates)
        tally.conflict(f"The selection {name} of {first.user} on {first.day} differs; the one here stays")


def _selection_of(table: pa.Table, target: Target) -> tuple[str, list[Candidate]]:
    """The name of a selection's file, and its candidates under the name that their user has here. Raises ValueError."""
    [name] = set(table.column(_FILE).to_pylist()) if table.num_rows else {None}
    if not isinstance(name, str) or not _NAME.fullmatch(name) or ".." in name:
        raise ValueError(f"{str(name)[:60]!r} is no name of a selection")
    candidates = candidates_of(table.drop_columns([_FILE]))
    if len({(candidate.user, candidate.day) for candidate in candidates}) != 1:
        raise ValueError(f"{name} is of several users or days")
    for candidate in candidates:
        if parse_paper_id(candidate.paper_id) != candidate.paper_id or candidate.made_at > target.latest:
            raise ValueError(f"{name} names {candidate.paper_id!r}, no id, or was made in the future")
    user = target.user(candidates[0].user)
    return name, [candidate.model_copy(update={"user": user}) for candidate in candidates]
