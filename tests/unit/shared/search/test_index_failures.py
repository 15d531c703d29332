"""What failures of the index mean."""

from pathlib import Path

import pytest

from shared.errors import PermanentFailure, TemporaryFailure
from shared.search.index_failures import Damaged, broken_file, failing_clearly, failure_of
from tests.unit.ranker.search.house import House, a_paper


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    house = House(tmp_path)
    house.add(a_paper(1, "Graphs"))
    house.updater.refresh()
    return house.folder


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ValueError("An IO error occurred: 'No space left on device (os error 28)'"), TemporaryFailure),
        (ValueError("Failed to acquire Lockfile: LockBusy."), TemporaryFailure),
        (ValueError("An index writer was killed.. A worker thread encountered an error"), TemporaryFailure),
        (PermissionError(13, "Permission denied"), TemporaryFailure),
        (ValueError("Schema error: 'An index exists but the schema does not match.'"), Damaged),
        (ValueError("Field `x` is not defined"), PermanentFailure),
    ],
)
def test_an_error_of_a_whole_index_is_told_by_its_text(folder: Path, error: Exception, kind: type[Exception]) -> None:
    assert type(failure_of(error, folder)) is kind


@pytest.mark.parametrize("part", ["term", "idx", "pos", "fast", "store", "fieldnorm"])
@pytest.mark.parametrize("damage", ["flipped", "cut", "gone"])
def test_files_that_are_not_as_they_were_written_are_named(folder: Path, part: str, damage: str) -> None:
    assert broken_file(folder) == ""
    (path,) = folder.glob(f"*.{part}")
    content = path.read_bytes()
    path.unlink()  # an index that is still open has it mapped: cut in place, it would take the process with it
    if damage != "gone":
        path.write_bytes(content[:-30] if damage == "cut" else bytes([content[0] ^ 1]) + content[1:])
    assert str(path) in broken_file(folder)
    assert type(failure_of(ValueError("any"), folder)) is Damaged


def test_only_failures_of_the_index_are_translated(folder: Path) -> None:
    class PanicException(BaseException):
        """As Tantivy raises it."""

    with pytest.raises(PermanentFailure, match="cannot answer this"), failing_clearly(folder):
        raise PanicException("index out of bounds")
    with pytest.raises(KeyboardInterrupt), failing_clearly(folder):
        raise KeyboardInterrupt
    with pytest.raises(TemporaryFailure, match="as it is"), failing_clearly(folder):
        raise TemporaryFailure("as it is")
