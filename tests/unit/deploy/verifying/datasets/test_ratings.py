"""Damage of what users said, planted one by one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.verifying.datasets.ratings import verify_follows, verify_notes, verify_ratings, verify_signals, verify_users
from deploy.verifying.premises import Premises
from shared.store.keeping.findings import Findings
from tests.support.folders.sound_folder import premises_of, sound_folder

Look = Callable[[Premises, Findings], None]
RATINGS, SIGNALS = "preferences/events-2026.csv", "signals/2026-11.csv"
FOLLOWS, USERS = "follows/follows.jsonl", "users/users.jsonl"


def twice(text: str) -> str:
    return text + text.splitlines(keepends=True)[-1]


@pytest.mark.parametrize(
    ("look", "file", "change", "words"),
    [
        (verify_ratings, RATINGS, lambda text: text[:-9], "is cut"),
        (verify_ratings, RATINGS, twice, "says again what line 3 says"),
        (verify_ratings, RATINGS, lambda text: text.replace(",ada,like", ",eve,like"), "'eve', who is no user here"),
        (verify_ratings, RATINGS, lambda text: text.replace("2026-11-06", "2136-11-06"), "no time at which"),
        (verify_ratings, RATINGS, lambda text: text.replace("2611.00101", "2611.1"), "is not an arXiv id"),
        (verify_ratings, RATINGS, lambda text: text.replace("2611.00101", "2611.00999"), "1 rated paper without"),
        (verify_ratings, RATINGS, lambda text: text.replace(",like,", ",lile,"), "is no label"),
        (verify_signals, SIGNALS, twice, "says again what line 3 says"),
        (verify_signals, SIGNALS, lambda text: text.replace(",ada,", ",eve,"), "'eve', who is no user here"),
        (verify_signals, SIGNALS, lambda text: text.replace("2026-11-06", "2026-10-06"), "belongs into another file"),
        (verify_follows, FOLLOWS, lambda text: text.replace('"ada"', '"eve"'), "'eve', who is no user here"),
        (verify_follows, FOLLOWS, lambda text: text.replace("2026-11-06", "2136-11-06"), "is of a time to come"),
        (verify_follows, FOLLOWS, lambda text: text.replace('"kind"', '"kxnd"'), "kind: Field required"),
        (verify_follows, FOLLOWS, twice, "says again what line 2 says"),
        (verify_users, USERS, twice, "says again what line 1 says"),
        (verify_users, USERS, lambda text: text.replace("2026-", "2136-"), "ada is of a time to come"),
        (verify_users, USERS, lambda text: text.replace("active", "actxve"), "cannot be read: state"),
        (verify_users, USERS, lambda text: text + text.replace('"ada"', '"bob"'), "bob has the token of ada"),
    ],
)
def test_each_kind_of_damage_is_found(
    tmp_path: Path, look: Look, file: str, change: Callable[[str], str], words: str
) -> None:
    data = sound_folder(tmp_path)
    path = data.path(file)
    path.write_text(change(path.read_text()))
    findings = Findings("people")
    look(premises_of(data), findings)
    assert [finding for finding in findings.all() if words in finding.what], findings.all()


def test_bytes_that_are_no_text_are_found(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    path = data.path(RATINGS)
    path.write_bytes(path.read_bytes().replace(b"reader", b"rea\xe4er", 1))
    findings = Findings("ratings")
    verify_ratings(premises_of(data), findings)
    (finding,) = findings.all()
    assert (finding.where, "not UTF-8" in finding.what) == (f"{RATINGS}, line 2", True)


def test_preferences_about_facets_are_looked_at(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    path = data.path("preferences", "facets.json")
    path.write_text("{")
    findings = Findings("ratings")
    verify_ratings(premises_of(data), findings)
    assert [finding.where for finding in findings.all()] == ["preferences/facets.json"]


def test_notes_of_nobody_and_about_no_paper_are_named(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    data.path("notes", "eve").mkdir()
    (data.path("notes", "eve") / "2611.00999.md").write_text("What is this?")
    (data.path("notes", "ada") / "ideas.md").write_text("None yet.")
    findings = Findings("notes")
    verify_users(premises_of(data), findings)
    verify_notes(premises_of(data), findings)
    assert [(finding.severity, finding.where) for finding in findings.all()] == [
        ("damage", "notes/eve"),
        ("note", "notes/ada/ideas.md"),
        ("gap", "notes"),
    ]
