"""Reading ahead of a scan over a memory map."""

import mmap
from pathlib import Path

import numpy as np

from services.ranker.recommending.readahead import AHEAD, ReadAhead, mapping_of


def mapped(path: Path, rows: int, width: int = 384) -> np.ndarray:
    return np.memmap(path, np.float32, "w+", shape=(rows, width))


def test_a_scan_asks_for_every_byte_once_and_before_it_comes_there(tmp_path: Path) -> None:
    array = np.asarray(mapped(tmp_path / "a", 200_000))[1_000:]
    ahead, asked = ReadAhead(array), 0
    reached: list[range] = []
    for row in range(0, len(array), 2_048):
        due = ahead.due(row)
        if due is not None:
            assert due.start % mmap.PAGESIZE == 0
            assert len(due) <= AHEAD
            assert not reached or due.start <= reached[-1].stop < due.stop
            reached.append(due)
        asked = reached[-1].stop
        assert asked >= min(1_000 * 1536 + (row + 2_048) * 1536, 200_000 * 1536)
    assert asked == 200_000 * 1536
    assert reached[0].start <= 1_000 * 1536
    assert len(reached) < 8


def test_what_is_asked_for_is_where_the_array_lies(tmp_path: Path) -> None:
    array = mapped(tmp_path / "a", 100)
    array[:] = np.arange(100)[:, None]
    view = np.asarray(array)[40:]
    first = ReadAhead(view).due(0)
    found = mapping_of(view)
    assert found is not None
    assert first is not None
    assert np.frombuffer(found, np.float32)[first.start // 4 :].max() == 99
    assert first.start <= 40 * 1536 < first.start + mmap.PAGESIZE


def test_arrays_in_memory_and_empty_ones_are_left_alone(tmp_path: Path) -> None:
    for array in (np.zeros((10, 3)), np.zeros((0, 3)), mapped(tmp_path / "a", 4)[:0]):
        ahead = ReadAhead(array)
        ahead.reach(0)
    assert mapping_of(np.zeros((10, 3))) is None
