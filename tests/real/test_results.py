"""Tables of real e-prints, against their sources read another way: cells are exact, and stand where they should."""

import os
from pathlib import Path

import pytest

from tests.bench.reading.bench_results import compared, read, source_text, written_numbers

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("PAPERSYS_REAL_DATA", ROOT.parent / "shared" / "data"))
SOURCES = [path for path in sorted(DATA.glob("latex/*.gz")) if "withdrawn" not in path.name]
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not SOURCES, reason=f"no real papers in {DATA}; set PAPERSYS_REAL_DATA"),
]


def test_cells_of_real_tables_are_exact_in_99_of_100() -> None:
    stored = exact = placed = missing = 0
    for path in SOURCES:
        written = written_numbers(source_text(path))
        if not written:
            continue
        record, markdown = read(path)
        exact_here, missing_here, _ = compared(record, written)
        results = [result for _, result in record.all()]
        stored, exact, missing = stored + len(results), exact + exact_here, missing + missing_here
        placed += sum(markdown[result.start : result.end] == result.cell for result in results)
    print(f"\n{stored} cells, {exact} exact, {placed} in place, {missing} of the sources not stored")
    assert stored > 100
    assert exact >= 0.99 * stored
    assert placed == stored
    assert missing <= 0.05 * stored
