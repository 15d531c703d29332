"""Each target for a few hundred inputs from a fixed seed; the long form is `make fuzz`."""

from pathlib import Path

import pytest

from services.fetcher.arxiv.client import Garbled
from services.fetcher.arxiv.feeds import parse_feed
from tests.fuzz.campaign import Plan, first_lines, run_campaign
from tests.fuzz.findings import Findings, place_of
from tests.fuzz.planted_target import TARGET as PLANTED
from tests.fuzz.targets import all_targets

pytest.importorskip("atheris", reason="atheris has no wheel for this Python or machine")
_RUNS = 25


@pytest.mark.proof
@pytest.mark.parametrize("name", all_targets())
def test_some_hundred_odd_inputs_raise_nothing_undeclared(name: str, tmp_path: Path) -> None:
    plan = Plan(tmp_path, seconds=120, seed=1, runs=_RUNS)
    (report,) = run_campaign({name: all_targets()[name]}, plan)
    assert not report.broken, report
    assert report.inputs >= _RUNS
    assert not first_lines(tmp_path)


@pytest.mark.slow
def test_a_campaign_finds_what_raises_what_hangs_and_what_kills_its_process(tmp_path: Path) -> None:
    (report,) = run_campaign({PLANTED.name: PLANTED}, Plan(tmp_path, seconds=120, seed=1, runs=100))
    said = "\n".join(first_lines(tmp_path))
    kept = {path.read_bytes() for path in (tmp_path / "findings").glob("*/input")}
    assert "ValueError at tests/fuzz/planted_target.py" in said
    assert "TooSlow at tests/fuzz/planted_target.py:run" in said
    assert "the process died" in said
    assert {b"slow", b"death"} < kept
    assert (report.findings, report.deaths) == (3, 1)


def test_the_same_fault_is_kept_once_with_its_first_input(tmp_path: Path) -> None:
    findings = Findings(tmp_path)
    for content in (b"first", b"second"):
        try:
            int(content)
        except ValueError as error:
            findings.add("numbers", content, error)
    assert [path.read_bytes() for path in tmp_path.glob("*/input")] == [b"first"]
    assert "tests/fuzz/test_fuzzing.py" in next(tmp_path.glob("*/traceback.txt")).read_text()


def test_a_fault_is_placed_in_the_projects_code_where_it_is_there() -> None:
    with pytest.raises(Garbled) as refused:
        parse_feed(b"no XML")
    assert place_of(refused.value).startswith("services/fetcher/")
