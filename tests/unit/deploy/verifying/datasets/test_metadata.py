"""Damage of months of metadata, planted one by one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.verifying.datasets.metadata import verify_metadata
from shared.store.keeping.findings import Findings
from shared.store.papers.metadata import MetadataStore, Paper
from tests.support.folders.sound_folder import NOON, premises_of, sound_folder

Change = Callable[[bytes], bytes]


def cut(content: bytes) -> bytes:
    return content[:-30]


def double(content: bytes) -> bytes:
    header, *rows = content.split(b"\r\n")
    return b"\r\n".join([header, rows[0], *rows])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(cut, "is cut", id="cut"),
        pytest.param(double, "1 paper twice (2611.00101)", id="doubled"),
        pytest.param(
            lambda content: content.replace(b",cs.LG,", b",cs\xccLG,", 1), "cannot be read", id="a flipped bit"
        ),
        pytest.param(lambda content: content.replace(b"2611.00102", b"2610.00102"), "of another month", id="moved"),
        pytest.param(lambda content: content.replace(b"2611.00102", b"2611.0010"), "was a zero lost", id="id a number"),
        pytest.param(lambda content: content.replace(b"2026-11-06", b"2036-11-06"), "in the future", id="to come"),
        pytest.param(lambda content: content.replace(b",1,On", b",0,On"), "version below 1", id="no version"),
        pytest.param(lambda content: b"a,b\r\n1,2\r\n", "cannot be read", id="other columns"),
        pytest.param(lambda content: b"", "cannot be read", id="empty"),
    ],
)
def test_each_kind_of_damage_is_found(tmp_path: Path, change: Change, words: str) -> None:
    data = sound_folder(tmp_path)
    path = data.path("metadata", "2026-11.csv")
    path.write_bytes(change(path.read_bytes()))
    findings = Findings("metadata")
    verify_metadata(premises_of(data), findings)
    assert [finding for finding in findings.all() if words in finding.what], findings.all()
    assert all(finding.where.startswith("metadata/2026-11.csv") for finding in findings.all())


def test_a_month_that_has_not_begun_is_found(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    data.path("metadata", "2026-11.csv").rename(data.path("metadata", "2031-05.csv"))
    findings = Findings("metadata")
    verify_metadata(premises_of(data), findings)
    assert [finding.what for finding in findings.all()][:1] == ["is of a month that has not begun"]


def test_rows_set_aside_matter_until_their_papers_are_there_again(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    aside = data.path("metadata", "unreadable", "2026-11.csv")
    aside.parent.mkdir()
    aside.write_bytes(b"2611.00101,1,known\r\n2611.00777,1,lost\r\n")
    findings = Findings("metadata")
    verify_metadata(premises_of(data), findings)
    (finding,) = findings.all()
    assert (finding.papers, finding.repair) == (("2611.00777",), "metadata")
    lost = Paper("2611.00777", 1, "Lost", "", (), ("cs.LG",), "cs.LG", NOON, NOON)
    MetadataStore(data).put([lost])
    findings = Findings("metadata")
    verify_metadata(premises_of(data), findings)
    assert findings.all() == []
