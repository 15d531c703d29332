"""The files that a sync takes, as they are at one moment: what the system writes meanwhile is of the next sync.

A file that is only ever replaced whole is linked, which costs nothing; one that is appended to is copied up to its last
whole line. Of links the owner's likes are taken out, unless ratings go along.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from deploy.syncing.plan import ContentIds
from shared.errors import TemporaryFailure
from shared.paper_ids import is_local
from shared.store.files.data_folder import DataFolder, whole_lines
from shared.store.files.hard_links import link_or_copy
from shared.store.files.jsonlines import MonthFiles, dump_line
from shared.store.papers.links import PaperLinks
from shared.store.people.notes import paper_id_in
from shared.store.research.reading_list import parse_line
from shared.store.vectors.manifest import FILE_NAME, read_manifest

_REPLACED = ("metadata/????-??.csv", "summaries/????-??.jsonl", "results/????-??.jsonl", "tags/index.jsonl")
_APPENDED = ("tags/decisions.jsonl",)
_PRIVATE_REPLACED = (
    "preferences/facets.json",
    "notes/*/*.md",
    "glossaries/*/*.txt",
    "revisions/????-??.jsonl",
)
_PRIVATE_APPENDED = ("preferences/events-????.csv", "signals/????-??.csv", "follows/follows.jsonl")
_PRIVATE_PARQUET = ("selections/????-??-??/*.parquet",)
_ATTEMPTS = 5
_CHUNK_BYTES = 1024**2


@contextmanager
def staged(data: DataFolder, *, with_vectors: bool, with_ratings: bool) -> Iterator[dict[str, Path]]:
    """The files by their path in the data folder. Raises TemporaryFailure where they keep changing."""
    parent = data.path("state", "sync")
    parent.mkdir(parents=True, exist_ok=True)
    for left in parent.glob("stage-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="stage-", dir=parent) as folder:
        stage = _Stage(data, Path(folder))
        stage.take(_REPLACED, _APPENDED)
        if with_ratings:
            stage.take((*_PRIVATE_REPLACED, *(_PRIVATE_PARQUET if with_vectors else ())), _PRIVATE_APPENDED)
            stage.take(("links/????-??.jsonl",), ())
            stage.take_lists()
        else:
            stage.take_public_links()
        if with_vectors:
            stage.take_vectors()
        yield dict(sorted(stage.files.items()))


class _Stage:
    def __init__(self, data: DataFolder, folder: Path) -> None:
        self._data, self._folder = data, folder
        self.files: dict[str, Path] = {}

    def take(self, replaced: tuple[str, ...], appended: tuple[str, ...]) -> None:
        for pattern in replaced:
            for path in sorted(self._data.root.glob(pattern)):
                if _is_on_own_file(path):
                    continue
                with suppress(FileNotFoundError):
                    self._link(path)
        for pattern in appended:
            for path in sorted(self._data.root.glob(pattern)):
                self._write(self._name(path), whole_lines(path))

    def take_public_links(self) -> None:
        links = MonthFiles(self._data, "links", PaperLinks)
        for month in links.month_names():
            records = sorted(links.month(month), key=lambda record: record.paper_id)
            self._write(f"links/{month}.jsonl", "".join(dump_line(_public(record)) for record in records))

    def take_lists(self) -> None:
        """Reading lists without what they say of people's own files, whose names and titles are theirs alone."""
        for path in sorted(self._data.root.glob("reading_list/*.jsonl")):
            lines = whole_lines(path).splitlines(keepends=True)
            self._write(self._name(path), "".join(filter(_is_of_arxiv, lines)))

    def take_vectors(self) -> None:
        """Each set as its manifest names it; read again where a compaction took files away in between."""
        for manifest in sorted(self._data.root.glob(f"embeddings/*/{FILE_NAME}")):
            for attempt in range(_ATTEMPTS):
                try:
                    self._take_set(manifest)
                    break
                except FileNotFoundError as error:
                    if attempt == _ATTEMPTS - 1:
                        raise TemporaryFailure(
                            f"The vectors in {manifest.parent} keep changing; sync later."
                        ) from error

    def _take_set(self, path: Path) -> None:
        text = path.read_text("utf-8")
        self._write(self._name(path), text)
        manifest = read_manifest(self._folder / self._name(path))
        for file in manifest.files if manifest else ():
            self._link(path.parent / file.name)

    def _link(self, path: Path) -> None:
        """Raises FileNotFoundError where it is gone by now; it is no file of this sync then."""
        target = self._target(self._name(path))
        target.unlink(missing_ok=True)
        try:
            link_or_copy(path, target)
        except FileNotFoundError:
            del self.files[self._name(path)]
            raise

    def _write(self, name: str, text: str) -> None:
        self._target(name).write_bytes(text.encode("utf-8", "replace"))

    def _target(self, name: str) -> Path:
        target = self._folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        self.files[name] = target
        return target

    def _name(self, path: Path) -> str:
        return path.relative_to(self._data.root).as_posix()


def _public(record: PaperLinks) -> PaperLinks:
    links = tuple(link.model_copy(update={"evidence": link.public_evidence}) for link in record.links)
    return record.model_copy(update={"links": links})


def content_ids(files: Mapping[str, Path]) -> dict[str, ContentIds]:
    """What identifies each file's content."""
    return {name: ids_of(path) for name, path in files.items()}


def ids_of(path: Path) -> ContentIds:
    blob = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    sha256 = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            blob.update(chunk)
            sha256.update(chunk)
    return ContentIds(blob.hexdigest(), sha256.hexdigest())


def _is_on_own_file(path: Path) -> bool:
    """Whether a file is a note on a person's own file, whose words are theirs alone."""
    return path.match("notes/*/*.md") and is_local(paper_id_in(path) or "")


def _is_of_arxiv(line: str) -> bool:
    """Whether a line of a reading list is about a paper that everybody may know; a line that cannot be read is not."""
    try:
        return not is_local(parse_line(line).paper_id)
    except (ValueError, RecursionError):
        return False
