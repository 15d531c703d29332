"""Damage of questions and of missed weeks, planted one by one."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.verifying.questions import verify_missed, verify_questions
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.findings import Findings
from shared.store.people.missed import MissedStore
from tests.support.folders.sound_folder import IDS, NOON, premises_of, sound_folder
from tests.support.papers.answered_questions import TRACE_ID, answered, cited, write_question
from tests.support.people.missed import missed_week

FILE = f"traces/2026-11/{TRACE_ID}.jsonl"


def asked(folder: Path) -> DataFolder:
    data = sound_folder(folder)
    write_question(data, result=answered(citations=(cited(1, paper_id=IDS[0]),)))
    MissedStore(data).put(missed_week(until=NOON))
    return data


def said(data: DataFolder) -> list[str]:
    findings = Findings("questions")
    verify_questions(premises_of(data), findings)
    verify_missed(premises_of(data), findings)
    return [f"{finding.where}: {finding.what}" for finding in findings.all()]


def test_sound_ones_and_a_step_that_is_just_written_have_nothing_to_say(tmp_path: Path) -> None:
    data = asked(tmp_path)
    with data.path(FILE).open("a") as file:
        file.write('{"step": "dra')
    assert said(data) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace('"user": "me"', '"user": "eve"'), "'eve', who is no user here"),
        (lambda text: text.replace('"at": "2026', '"at": "2999'), "a time to come"),
        (lambda text: text.replace('"step": "asked"', '"step": "akked"'), "does not begin with a question"),
        (lambda text: text.replace('"step": "retrieved"', '"step": retrieved"'), "line 2: is no step"),
        (lambda text: text.replace('"outcome": "answered"', '"outcome": "solved"'), "its answer cannot be read"),
        (lambda text: text.replace(IDS[0], "2611.00999"), "1 cited paper without metadata"),
    ],
)
def test_each_kind_of_damage_of_a_trace_is_found(tmp_path: Path, change: Callable[[str], str], words: str) -> None:
    data = asked(tmp_path)
    path = data.path(FILE)
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    assert any(words in text for text in said(data))


def test_a_trace_in_another_month_is_told(tmp_path: Path) -> None:
    data = asked(tmp_path)
    data.path("traces", "2026-10").mkdir()
    data.path(FILE).rename(data.path("traces", "2026-10", f"{TRACE_ID}.jsonl"))
    assert ["another month" in text for text in said(data)] == [True]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"user": "eve"}, "'eve', who is no user here"),
        ({"made_at": NOON + timedelta(days=99_999)}, "a time to come"),
    ],
)
def test_a_missed_week_of_nobody_or_of_the_future_is_told(tmp_path: Path, facts: dict[str, object], words: str) -> None:
    data = asked(tmp_path)
    MissedStore(data).put(missed_week(until=NOON).model_copy(update=facts))
    assert any(words in text for text in said(data))


def test_a_missed_week_under_another_name_or_without_its_end_is_told(tmp_path: Path) -> None:
    data = asked(tmp_path)
    (path,) = data.path("state", "missed", "me").iterdir()
    path.with_name("2026-W01.json").write_bytes(path.read_bytes())
    path.write_text(path.read_text("utf-8").replace('"until"', '"unto"'), "utf-8")
    assert [text.split(": ", 1)[1][:14] for text in said(data)] == [f"is {path.stem} of", "cannot be read"]
