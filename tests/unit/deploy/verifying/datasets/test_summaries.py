"""Damage of summaries, links and the ledger, planted one by one; and what they say of each other."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.verifying.datasets.summaries import verify_ledger, verify_links, verify_revisions, verify_summaries
from deploy.verifying.premises import Premises
from shared.store.keeping.findings import Findings
from tests.support.folders.sound_folder import RUN, premises_of, sound_folder

Look = Callable[[Premises, Findings], None]
SUMMARIES, LINKS, LEDGER = "summaries/2026-11.jsonl", "links/2026-11.jsonl", "ledger/2026-11.jsonl"
REVISIONS = "revisions/2026-11.jsonl"


def twice(text: str) -> str:
    return text + text.splitlines(keepends=True)[-1]


def first_lost(text: str) -> str:
    return "".join(text.splitlines(keepends=True)[1:])


@pytest.mark.parametrize(
    ("look", "file", "change", "words"),
    [
        (verify_summaries, SUMMARIES, lambda text: text[:-9], "is cut"),
        (verify_summaries, SUMMARIES, twice, "again, after line 2"),
        (verify_summaries, SUMMARIES, lambda text: text.replace("2611.00102", "2610.00102"), "of another month"),
        (verify_summaries, SUMMARIES, lambda text: text.replace("2611.00102", "2611.0010"), "was a zero lost"),
        (
            verify_summaries,
            SUMMARIES,
            lambda text: text.replace("2611.00102", "2611.00999"),
            "summarised paper without",
        ),
        (verify_summaries, SUMMARIES, lambda text: text.replace('"version"', '"versiom"'), "Field required"),
        (verify_summaries, SUMMARIES, lambda text: text.replace("2026-11-06T", "2136-11-06T"), "a time to come"),
        (verify_summaries, SUMMARIES, first_lost, "with links but without a summary"),
        (verify_summaries, SUMMARIES, first_lost, "1 picked paper without a summary (2611.00101)"),
        (verify_summaries, LINKS, first_lost, "without a line of links (2611.00101)"),
        (verify_summaries, LEDGER, first_lost, "lacks calls for 1 summarised paper (2611.00101)"),
        (verify_links, LINKS, lambda text: text.replace('"made_at":"20', '"made_at":"21'), "are of a time to come"),
        (verify_links, LINKS, twice, "again, after line 2"),
        (verify_links, LINKS, lambda text: text.replace("hep-th/9901001", "9901001"), "no arXiv id"),
        (verify_links, LINKS, lambda text: text.replace("hep-th/9901001", "2611.00101"), "the paper itself"),
        (verify_links, LINKS, lambda text: text.replace('"cites"', '"cxtes"'), "kind that papersys does not know"),
        (verify_links, LINKS, lambda text: text.replace("hep-th/9901001", "1201.0001"), "1 cited paper without"),
        (verify_revisions, REVISIONS, twice, "again, after line 2"),
        (verify_revisions, REVISIONS, lambda text: text.replace("known_version", "knewn"), "Field required"),
        (verify_revisions, REVISIONS, lambda text: text.replace("2026-11-06T", "2136-11-06T"), "a time to come"),
        (verify_ledger, LEDGER, twice, "counts a call twice"),
        (verify_ledger, LEDGER, lambda text: text.replace('"cost": 0.1', '"cost": -8'), "costs -8.0"),
        (verify_ledger, LEDGER, lambda text: text.replace('tokens": 10', 'tokens": -10'), "tokens that cannot be"),
        (verify_ledger, LEDGER, lambda text: text.replace("2026-11-06", "2026-10-06"), "counts in another month"),
        (verify_ledger, LEDGER, lambda text: text.replace('"user": "me"', '"user": "eve"'), "no user here"),
    ],
)
def test_each_kind_of_damage_is_found(
    tmp_path: Path, look: Look, file: str, change: Callable[[str], str], words: str
) -> None:
    data = sound_folder(tmp_path)
    path = data.path(file)
    path.write_text(change(path.read_text()))
    findings = Findings("readings")
    look(premises_of(data), findings)
    assert [finding for finding in findings.all() if words in finding.what], findings.all()


def test_a_summary_knows_the_selection_that_asked_for_it(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    data.path("selections", "2026-11-06", f"{RUN}.parquet").unlink()
    findings = Findings("summaries")
    verify_summaries(premises_of(data), findings)
    (finding,) = findings.all()
    assert (finding.severity, finding.where) == ("damage", "selections")
    assert "picked 2 summarised papers (2611.00101, 2611.00102)" in finding.what


def test_of_many_bad_lines_a_handful_is_named(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    with data.path(LEDGER).open("a") as file:
        file.write("no call\n" * 500)
    findings = Findings("ledger")
    verify_ledger(premises_of(data), findings)
    assert (len(findings.all()), findings.all()[-1].what) == (11, "490 more findings of this kind")
