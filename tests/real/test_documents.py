"""Real e-prints and PDFs, converted one after the other; a table of what came out is printed with -s."""

import os
import time
from pathlib import Path

import pytest

from services.fetcher.commands.conversion import convert
from services.fetcher.documents.latex.main_file import find_main
from services.fetcher.documents.sources.eprint import SourceRefused, open_folder

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("PAPERSYS_REAL_DATA", ROOT.parent / "shared" / "data"))
SOURCES = [*sorted(DATA.glob("latex/*.gz")), *sorted(DATA.glob("pdf/*.pdf"))]
EDGE_CASES = sorted(path for path in DATA.glob("latex/edge_cases/*") if path.is_dir())
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not SOURCES, reason=f"no real papers in {DATA}; set PAPERSYS_REAL_DATA"),
]


@pytest.mark.parametrize("path", SOURCES, ids=[path.name for path in SOURCES])
def test_a_real_source_comes_out_good_or_fair_or_says_why_not(path: Path) -> None:
    started = time.monotonic()
    outcome = convert(path)
    seconds = time.monotonic() - started
    found = f"{outcome.words} words, {len(outcome.sections)} sections, {len(outcome.references)} references"
    print(f"\n{path.name:28} {outcome.status:10} {outcome.route} {outcome.grade} {seconds:.1f} s, {found}")
    assert seconds < 120
    if "withdrawn" in path.name:
        assert outcome.status == "withdrawn"
        return
    assert outcome.status == "converted"
    assert outcome.grade in ("good", "fair"), outcome.tried
    assert outcome.route == ("pdf" if path.suffix == ".pdf" else "latex")
    assert len(outcome.sections) > 3


def test_the_main_file_of_tiny_submissions_is_found_wherever_there_is_tex() -> None:
    found: dict[str, str | None] = {}
    for folder in EDGE_CASES:
        try:
            source = open_folder(folder)
        except SourceRefused as refusal:
            found[folder.name] = refusal.status
            continue
        found[folder.name] = find_main(source.files) if source.files else "pdf or html"
    assert len(found) == len(EDGE_CASES) > 0
    assert [name for name, main in found.items() if main is None] == []
