"""The switches of the demo arXiv as tables."""

from datetime import UTC, datetime

import pytest

from deploy.demo.misbehaviour.faults import BadFault, Fault, Faults, is_too_fast, new_fault, parse_fault

NOW = datetime(2026, 11, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("503", Fault("503")),
        ("429:/oai:2", Fault("429", "/oai", 2)),
        ("garbage:/e-print/2610.20101", Fault("garbage", "/e-print/2610.20101")),
        ("dropped:3", Fault("dropped", "/", 3)),
    ],
)
def test_a_switch_is_read_from_the_command_line(text: str, fault: Fault) -> None:
    assert parse_fault(text) == fault


@pytest.mark.parametrize("record", [{"kind": "tornado"}, {"kind": "503", "colour": "red"}, {}])
def test_an_unknown_switch_is_refused(record: dict[str, str]) -> None:
    with pytest.raises(BadFault):
        new_fault(record)


def test_a_count_runs_out() -> None:
    faults = Faults((Fault("503", times=2),))
    met = []
    for _ in range(3):
        fault, faults = faults.choose("/oai", "verb=Identify", 0.0)
        met.append(fault is not None)
    assert met == [True, True, False]
    assert faults == Faults()


def test_without_a_count_a_fault_stays() -> None:
    faults = Faults((Fault("503"),))
    assert faults.choose("/oai", "", 0.0)[1] is faults


@pytest.mark.parametrize(
    ("fault", "path", "query", "draw", "is_met"),
    [
        (Fault("503", "/oai"), "/rss/cs", "", 0.0, False),
        (Fault("503", "/oai"), "/oai", "", 0.99, True),
        (Fault("503", probability=0.3), "/oai", "", 0.29, True),
        (Fault("503", probability=0.3), "/oai", "", 0.31, False),
        (Fault("empty-page"), "/oai", "", 0.0, False),
        (Fault("empty-page"), "/api/query", "", 0.0, True),
        (Fault("token-expired"), "/oai", "verb=ListRecords&metadataPrefix=arXiv", 0.0, False),
        (Fault("token-expired"), "/oai", "verb=ListRecords&resumptionToken=x", 0.0, True),
        (Fault("stale-none"), "/oai", "verb=Identify", 0.0, False),
        (Fault("garbage", "/src/2610.20101"), "/src/2610.20102", "", 0.0, False),
        (Fault("garbage"), "/pdf/2610.20101", "", 0.0, True),
        (Fault("garbage"), "/abs/2610.20101", "", 0.0, False),
    ],
)
def test_a_fault_meets_only_requests_that_can_show_it(
    fault: Fault, path: str, query: str, draw: float, is_met: bool
) -> None:
    assert (Faults((fault,)).choose(path, query, draw)[0] is not None) == is_met


@pytest.mark.parametrize(
    ("previous", "now", "pace", "expected"),
    [(None, 0.0, 3.0, False), (0.0, 2.9, 3.0, True), (0.0, 3.0, 3.0, False), (0.0, 0.0, 0.0, False)],
)
def test_pace(previous: float | None, now: float, pace: float, expected: bool) -> None:
    assert is_too_fast(previous, now, pace) == expected
