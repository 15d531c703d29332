"""Damage of documents, planted one by one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.verifying.datasets.documents import verify_documents
from shared.store.keeping.findings import Findings
from tests.support.folders.sound_folder import premises_of, sound_folder


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("report.json", lambda path: path.write_text("{"), "cannot be read"),
        ("report.json", lambda path: path.write_text(path.read_text().replace("00101", "00102")), "the report of 2611"),
        ("report.json", lambda path: path.write_text(path.read_text().replace("2026-", "2136-")), "a time to come"),
        ("document.md", lambda path: path.unlink(), "is missing"),
        ("document.md", lambda path: path.write_text(""), "is empty"),
        ("document.md", lambda path: path.write_text("Short."), "a quote stood at character 25"),
        ("document.md", lambda path: path.write_bytes(b"\xe4"), "cannot be read"),
        ("sections.json", lambda path: path.write_text("[{}]"), "cannot be read"),
    ],
)
def test_each_kind_of_damage_is_found(tmp_path: Path, name: str, change: Callable[[Path], object], words: str) -> None:
    data = sound_folder(tmp_path)
    change(data.path("documents", "2611.00101", "v1", name))
    findings = Findings("documents")
    verify_documents(premises_of(data), findings)
    assert [finding for finding in findings.all() if words in finding.what], findings.all()
    assert all("documents/2611.00101/v1" in finding.where for finding in findings.all())


def test_a_document_without_a_report_does_not_count(tmp_path: Path) -> None:
    """The report is written last: without one, somebody was killed while writing."""
    data = sound_folder(tmp_path)
    data.path("documents", "2611.00101", "v1", "report.json").unlink()
    findings = Findings("documents")
    verify_documents(premises_of(data), findings)
    assert findings.all() == []
