"""Which record of a repository is which paper here: `state/fetcher/sources/<name>/ids.txt`, an id a line.

An id holds the month of its paper; a repository may change the date that it was read from, and the paper stays itself.
Where the file is lost, ids are made of the records' dates again.
"""

from collections.abc import Iterable

from shared.preprints import is_preprint, oai_id
from shared.store.files.data_folder import DataFolder, whole_lines


class KnownRecords:
    """Read once; this process is the only writer, under the lock of the harvest."""

    def __init__(self, data: DataFolder, name: str) -> None:
        self._data, self._name = data, name
        self._path = data.path("state", "fetcher", "sources", name, "ids.txt")
        self._ids: dict[str, str] | None = None

    def paper_id(self, identifier: str) -> str | None:
        """What the paper of a record, in whatever version, is called; None where it was never seen."""
        try:
            native = _native(oai_id(self._name, identifier, 2000, 1).paper_id)
        except ValueError:
            return None
        return self._known().get(native)

    def add(self, paper_ids: Iterable[str]) -> None:
        """Remember these ids; those that are known change nothing."""
        known = self._known()
        fresh = {_native(paper_id): paper_id for paper_id in paper_ids if _native(paper_id) not in known}
        if fresh:
            self._data.append_lines(self._path, "".join(f"{paper_id}\n" for paper_id in fresh.values()))
            known.update(fresh)

    def _known(self) -> dict[str, str]:
        if self._ids is None:
            lines = whole_lines(self._path).split()
            self._ids = {}
            for paper_id in lines:
                if is_preprint(paper_id):
                    self._ids.setdefault(_native(paper_id), paper_id)
        return self._ids


def _native(paper_id: str) -> str:
    return paper_id.partition(".")[2]
