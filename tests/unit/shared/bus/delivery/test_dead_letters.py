"""Letters are written so that they fit, and read whatever they are."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bus.delivery.dead_letters import DeadLetter, letter_for, malformed_letter, read_letter
from shared.contracts import PapersNew

WHEN = datetime(2026, 11, 21, tzinfo=UTC)
OLD_LETTER = {
    "service": "summarizer",
    "subject": "papers.selected",
    "event_id": "e1",
    "paper_id": "2403.12345",
    "reason": "arXiv answers 503",
    "attempts": 10,
    "died_at": "2026-11-01T10:00:00Z",
    "body": '{"paper_ids":["2403.12345"]}',
    "malformed": False,
}


def test_a_letter_as_it_was_written_before_is_read() -> None:
    letter = read_letter(json.dumps(OLD_LETTER).encode(), "dead.summarizer.e1.2403_12345", 7)
    assert (letter.number, letter.paper_id, letter.attempts, letter.malformed) == (7, "2403.12345", 10, False)


@pytest.mark.parametrize("missing", ["event_id", "paper_id", "attempts", "died_at", "malformed"])
def test_a_letter_of_another_form_is_read_as_far_as_it_goes(missing: str) -> None:
    content = {name: value for name, value in OLD_LETTER.items() if name != missing} | {"of_tomorrow": [1]}
    letter = read_letter(json.dumps(content).encode(), "dead.summarizer.e1.2403_12345", 7, WHEN)
    assert (letter.reason, letter.malformed) == ("arXiv answers 503", False)
    if missing == "died_at":
        assert letter.died_at == WHEN


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"service": "\\ud800"}',
        json.dumps(OLD_LETTER | {"paper_id": "../../etc/passwd"}).encode(),
        json.dumps(OLD_LETTER | {"attempts": "many"}).encode(),
        json.dumps(OLD_LETTER | {"attempts": 10**30}).encode(),
        json.dumps(OLD_LETTER | {"died_at": "9999-12-31T23:59:59-12:00"}).encode(),
        json.dumps(OLD_LETTER | {"died_at": "yesterday"}).encode(),
        json.dumps(OLD_LETTER | {"service": "x" * 500_000}).encode(),
    ],
)
def test_what_is_no_letter_is_one_that_says_so(data: bytes) -> None:
    letter = read_letter(data, "dead.x", 7, WHEN)
    assert letter.malformed
    assert (letter.number, letter.died_at) == (7, WHEN)
    assert letter.reason.startswith("This letter cannot be read: ")
    assert len(letter.model_dump_json()) < 200_000


@given(st.binary(max_size=300))
def test_any_bytes_are_a_letter(data: bytes) -> None:
    assert read_letter(data, "dead.x", 1).model_dump_json().encode()


@pytest.mark.parametrize("body", [b"\x01" * 1_000_000, b'"' * 1_000_000, b"\xff" * 1_000_000, "é".encode() * 400_000])
def test_a_letter_about_a_message_of_a_megabyte_fits_into_a_message(body: bytes) -> None:
    letter = malformed_letter("embedder", "papers.new", 3, body, "no event " * 200_000)
    assert len(letter.as_bytes()) < 200_000
    assert letter.cut


def test_an_event_that_fills_a_message_leaves_a_letter_that_fits() -> None:
    event = PapersNew(paper_ids=("2403.12345",), run_id="\x01" * 160_000)
    letter = read_letter(letter_for("embedder", event, None, "why", 3).as_bytes(), "dead.x", 1)
    assert (letter.cut, letter.paper_id, letter.reason) == (True, "2403.12345", "why")


def test_odd_ids_make_sound_subjects_that_stay_apart() -> None:
    ids = ["a.b", "a>b", "a b", "ä" * 200, "", "x" * 200, "x" * 199]
    subjects = {letter(one).dead_subject for one in ids}
    assert len(subjects) == len(ids)
    for subject in subjects:
        assert subject.isascii()
        assert subject.isprintable()
        assert len(subject.split(".")) == 4
        assert all(part and not {" ", ">", "*"} & set(part) for part in subject.split("."))


def test_plain_ids_keep_the_subject_that_they_had() -> None:
    assert letter("e1").dead_subject == "dead.summarizer.e1.2403_12345"


def letter(event_id: str) -> DeadLetter:
    return DeadLetter.model_validate(OLD_LETTER | {"event_id": event_id})
