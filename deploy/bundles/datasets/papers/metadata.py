"""Metadata of papers: `papers/<YYYY-MM>.csv`, as they lie in the data folder; the newer version counts."""

import re
from collections.abc import Mapping

from deploy.bundles.archive.package import Resource
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.archive.table_schemas import schema_of_columns
from deploy.bundles.archive.writing import BundleWriter
from deploy.bundles.datasets.dataset import Source, Target
from deploy.bundles.tally import Tally
from shared.errors import PapersysError
from shared.paper_ids import month_of, parse_paper_id
from shared.store.papers.metadata import MetadataStore, supersedes
from shared.store.papers.month_rows import MonthRows, decode_readable, read_rows
from shared.store.papers.rows import COLUMNS, HEADER

_TODAYS_FORM = re.compile(r"(?:1[5-9]|[2-8][0-9])(?:0[1-9]|1[0-2])\.[0-9]{5}")
"""Of ids since 2015: nearly all; others are looked at closely."""
_TYPES = {
    "version": "integer",
    "published_at": "datetime",
    "updated_at": "datetime",
    "harvested_at": "datetime",
    "version_at": "datetime",
    "withdrawn": "boolean",
    "version_known": "boolean",
    "published_known": "boolean",
    "authors": "array",
    "categories": "array",
}


class Papers:
    name = "papers"
    about = "what arXiv says about papers: a file for each month of the ids; lists are JSON in their cell"

    def write(self, source: Source, bundle: BundleWriter) -> None:
        store = MetadataStore(source.data)
        schema = schema_of_columns({name: _TYPES.get(name, "string") for name in COLUMNS}, ["paper_id"])
        for month in store.months():
            rows = (row for paper_id, row in sorted(store.rows(month).items()) if source.has(paper_id))
            bundle.add_lines(self.name, f"papers/{month}.csv", rows, schema, header=HEADER)

    def merge(self, bundle: Bundle, resource: Resource, target: Target) -> Tally:
        tally, store = Tally(self.name), MetadataStore(target.data)
        with bundle.as_file(resource) as path:
            try:
                given = read_rows(path)
            except PapersysError as error:
                tally.refuse(f"{resource.path} cannot be read: {error}", resource.rows)
                return tally
        month = resource.path.removeprefix("papers/").removesuffix(".csv")
        for row in given.unreadable:
            tally.refuse(f"{resource.path}: {row[:60].decode('utf-8', 'replace')!r} is no paper")
        wanted = _wanted(given, store.rows(month), month, tally)
        if wanted and not target.dry_run:
            store.put_rows(wanted)
        return tally


def _wanted(given: MonthRows, here: Mapping[str, bytes], month: str, tally: Tally) -> dict[str, bytes]:
    """The rows that are to be stored."""
    fresh = {paper_id: row for paper_id, row in given.rows.items() if here.get(paper_id) != row}
    tally.same += len(given.rows) - len(fresh)
    told = {paper.paper_id: paper for paper in decode_readable(MonthRows(dict(fresh)))}
    stored = {paper.paper_id: paper for paper in decode_readable(MonthRows({i: here[i] for i in fresh if i in here}))}
    wanted = {}
    for paper_id, row in fresh.items():
        paper, old = told.get(paper_id), stored.get(paper_id)
        if paper is None or not _is_of(paper_id, month):
            tally.refuse(f"{paper_id[:40]!r} in {month} is no paper of that month that can be read")
        elif tally.count(paper, old, supersedes):
            wanted[paper_id] = row
    return wanted


def _is_of(paper_id: str, month: str) -> bool:
    if _TODAYS_FORM.fullmatch(paper_id):
        return f"20{paper_id[:2]}-{paper_id[2:4]}" == month
    try:
        return parse_paper_id(paper_id) == paper_id and month_of(paper_id) == month
    except ValueError:
        return False
