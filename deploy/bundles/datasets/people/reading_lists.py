"""Reading lists: `listed.jsonl`, a line a paper with the versions that are asked and were asked.

Text, chunks and vectors are made again where the bundle is taken in. People's own files are not in a bundle, so neither
are the lines about them.
"""

from collections.abc import Iterator

from pydantic import AwareDatetime, BaseModel, ConfigDict

from deploy.bundles.archive.package import Resource
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.archive.table_schemas import schema_of_model
from deploy.bundles.archive.writing import BundleWriter
from deploy.bundles.datasets.dataset import Source, Target
from deploy.bundles.datasets.records import check_moment, records_in
from deploy.bundles.tally import Tally
from shared.contracts import ListedPaper
from shared.contracts.papers.reading_list import ListedOrigin
from shared.errors import PapersysError
from shared.paper_ids import PaperId, is_local
from shared.store.files.jsonlines import dump_line
from shared.store.research.reading_list import ReadingListStore


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    user: str
    paper_id: PaperId
    version: int | None = None
    earlier_versions: tuple[int, ...] = ()
    origin: ListedOrigin = "added"
    is_removed: bool = False
    added_at: AwareDatetime
    changed_at: AwareDatetime


class ReadingLists:
    name = "reading-list"
    about = "the papers of reading lists, with their versions; not the files that people added themselves"

    def write(self, source: Source, bundle: BundleWriter) -> None:
        lines = (dump_line(line).encode("utf-8", "replace") for line in _lines(source))
        bundle.add_lines(self.name, "listed.jsonl", lines, schema_of_model(_Line, ["user", "paper_id"]))

    def merge(self, bundle: Bundle, resource: Resource, target: Target) -> Tally:
        tally, store = Tally(self.name), ReadingListStore(target.data)
        taken: list[ListedPaper] = []
        for given in records_in(bundle, resource, _Line, tally, lambda given: _check(given, target)):
            _take(given, store, target, tally, taken)
        _put(taken, store, target, tally)
        return tally


def _check(given: _Line, target: Target) -> None:
    check_moment(max(given.added_at, given.changed_at), target.latest)


def _lines(source: Source) -> Iterator[_Line]:
    store = ReadingListStore(source.data)
    papers = [paper for user in store.users() if source.user in ("", user) for paper in store.records(user)]
    for paper in sorted(papers, key=lambda paper: (paper.user, paper.added_at, paper.paper_id)):
        if not is_local(paper.paper_id):
            facts = paper.model_dump(include=set(_Line.model_fields))
            yield _Line.model_validate({**facts, "version": paper.wanted_version or paper.version})


def _take(given: _Line, store: ReadingListStore, target: Target, tally: Tally, taken: list[ListedPaper]) -> None:
    """What a list here says of a paper stands; one that it does not name is fetched in the version of the bundle."""
    user = target.user(given.user)
    if any(paper.paper_id == given.paper_id for paper in store.records(user)):
        tally.same += 1
        return
    facts = given.model_dump(exclude={"user", "version"})
    taken.append(ListedPaper.model_validate({**facts, "user": user, "wanted_version": given.version}))


def _put(taken: list[ListedPaper], store: ReadingListStore, target: Target, tally: Tally) -> None:
    try:
        if not target.dry_run:
            store.put(taken)
    except PapersysError as error:
        tally.refuse(str(error), len(taken))
    else:
        tally.new += len(taken)
