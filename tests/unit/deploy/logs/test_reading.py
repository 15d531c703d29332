"""The lines of the log that are asked for."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from deploy.logs.reading import Level, LogQuery, coming_lines, end_of_log, last_lines
from shared.errors import PapersysError


def line(number: int, service: str = "fetcher", level: str = "INFO", **facts: object) -> dict[str, Any]:
    time = datetime(2026, 11, 22, 10, number, tzinfo=UTC).isoformat()
    return {"time": time, "service": service, "level": level, "message": f"line {number}", **facts}


def write(folder: Path, part: int, *lines: dict[str, Any], torn: str = "") -> Path:
    path = folder / f"2026-11-22-{part:03d}.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines) + torn)
    return path


def messages(lines: list[dict[str, Any]]) -> list[str]:
    return [each["message"] for each in lines]


def test_the_last_lines_are_found_over_several_parts_and_a_torn_one_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, 1, line(1), line(2), torn='{"time": "2026')
    write(tmp_path, 2, line(3), line(4))
    assert messages(last_lines(tmp_path, LogQuery(), 3, end_of_log(tmp_path))) == ["line 2", "line 3", "line 4"]
    assert len(last_lines(tmp_path, LogQuery(), None, end_of_log(tmp_path))) == 4


@pytest.mark.parametrize(
    ("service", "level", "found"),
    [("ranker", "debug", ["line 2", "line 3"]), (None, "warning", ["line 3"]), ("fetcher", "error", [])],
)
def test_a_service_and_a_level_narrow_the_lines(
    tmp_path: Path, service: str | None, level: Level, found: list[str]
) -> None:
    write(tmp_path, 1, line(1), line(2, "ranker"), line(3, "ranker", "WARNING"))
    assert messages(last_lines(tmp_path, LogQuery(service=service, level=level), None, end_of_log(tmp_path))) == found


@pytest.mark.parametrize(
    ("facts", "names_it"),
    [
        ({"paper_id": "2403.12345"}, True),
        ({"paper_ids": ["2403.99999", "2403.12345"]}, True),
        ({"text": "version 2403.12345v2 is newer."}, True),
        ({"paper_id": "2403.123456"}, False),
        ({"paper_id": "12403.12345"}, False),
        ({"run": "2403.12345.1"}, False),
    ],
)
def test_a_line_is_about_a_paper_when_it_names_it_whole(tmp_path: Path, facts: dict[str, Any], names_it: bool) -> None:
    write(tmp_path, 1, line(1, **facts))
    assert bool(last_lines(tmp_path, LogQuery(paper_id="2403.12345"), None, end_of_log(tmp_path))) is names_it


def test_an_old_id_is_found_too(tmp_path: Path) -> None:
    write(tmp_path, 1, line(1, paper_id="hep-th/9901001"))
    assert last_lines(tmp_path, LogQuery(paper_id="hep-th/9901001"), None, end_of_log(tmp_path))


def test_lines_since_a_moment(tmp_path: Path) -> None:
    write(tmp_path, 1, line(1), line(2), line(3))
    since = datetime(2026, 11, 22, 10, 2, tzinfo=UTC)
    assert messages(last_lines(tmp_path, LogQuery(since=since), None, end_of_log(tmp_path))) == ["line 2", "line 3"]


def test_no_log_is_an_error_that_says_who_writes_one(tmp_path: Path) -> None:
    with pytest.raises(PapersysError, match="papersys up"):
        end_of_log(tmp_path)


def test_following_goes_on_with_new_lines_whole_and_with_new_parts(tmp_path: Path) -> None:
    path = write(tmp_path, 1, line(1))

    def appends() -> Iterator[None]:
        with path.open("a") as file:
            file.write(json.dumps(line(2)) + "\n" + json.dumps(line(3))[:20])
        yield
        with path.open("a") as file:
            file.write(json.dumps(line(3))[20:] + "\n")
        write(tmp_path, 2, line(4))
        yield

    steps = appends()
    coming = coming_lines(tmp_path, LogQuery(), end_of_log(tmp_path), sleep=lambda seconds: next(steps))
    assert messages(list(islice(coming, 3))) == ["line 2", "line 3", "line 4"]


def test_what_is_written_while_the_last_lines_are_shown_comes_once_and_after_them(tmp_path: Path) -> None:
    path = write(tmp_path, 1, line(1))
    end = end_of_log(tmp_path)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line(2, title="One\N{LINE SEPARATOR}title"), ensure_ascii=False) + "\n")
    write(tmp_path, 2, line(3))
    assert messages(last_lines(tmp_path, LogQuery(), None, end)) == ["line 1"]
    coming = coming_lines(tmp_path, LogQuery(), end, sleep=lambda seconds: None)
    assert messages(list(islice(coming, 2))) == ["line 2", "line 3"]
