"""Damage of results, planted one by one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.verifying.datasets.results import verify_results
from shared.store.keeping.findings import Findings
from shared.store.papers.results import ResultStore
from tests.support.folders.sound_folder import premises_of, sound_folder
from tests.support.papers.result_tables import paper_results, result

FILE = "results/2026-11.jsonl"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text[:-9], "is cut"),
        (lambda text: text + text, "again, after line 1"),
        (lambda text: text.replace("2611.00101", "2611.0010"), "was a zero lost"),
        (lambda text: text.replace("2611.00101", "2611.00999"), "paper with results"),
        (lambda text: text.replace("2026-11-06T", "2136-11-06T"), "a time to come"),
        (lambda text: text.replace('"value": "90.9"', '"value": "many"'), "'many' for a number"),
    ],
)
def test_each_kind_of_damage_is_found(tmp_path: Path, change: Callable[[str], str], words: str) -> None:
    data = sound_folder(tmp_path)
    ResultStore(data).put(paper_results("2611.00101", result()))
    findings = Findings("results")
    verify_results(premises_of(data), findings)
    assert findings.all() == []
    path = data.path(FILE)
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    verify_results(premises_of(data), findings)
    assert any(words in finding.what for finding in findings.all())
