"""`papersys users`, and the option `--user` of other commands."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.contracts import Event, ListedPaper, now
from shared.store.files.data_folder import DataFolder
from shared.store.people.rating_uploads import RatingUpload, RatingUploads
from shared.store.people.users import UserStore
from shared.store.research.reading_list import ReadingListStore
from tests.support.checks.command_line import run_command


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UserStore:
    settings = tmp_path / "papersys.toml"
    settings.write_text(f'[data]\npath = "{tmp_path / "data"}"\nmin_free_mb = 0\n[publisher]\nport = 8123\n')
    monkeypatch.setenv("PAPERSYS_CONFIG", str(settings))
    monkeypatch.chdir(tmp_path)
    return UserStore(DataFolder(tmp_path / "data", 0))


def test_adding_somebody_prints_a_link_that_opens_that_persons_reader(users: UserStore) -> None:
    done = run_command("users", "add", "Anna", "--per-day", "5", "--monthly-cost", "2.5")
    assert done.code == 0
    address, _, token = done.out.strip().partition("/?token=")
    assert address == "http://127.0.0.1:8123"
    anna = users.of_token(token)
    assert anna is not None
    assert (anna.name, anna.per_day, anna.monthly_cost) == ("anna", 5, 2.5)
    assert "this machine alone" in done.err
    assert "reads as you" in done.err
    again = run_command("users", "token", "anna").out.strip().partition("/?token=")[2]
    assert users.of_token(token) is None
    assert users.of_token(again) is not None


def test_limits_are_changed_taken_away_and_listed(users: UserStore) -> None:
    users.add("anna", per_day=5)
    assert (
        run_command("users", "limit", "anna", "--monthly-cost", "3").out == "anna: 5 picks a day, at most 3 a month.\n"
    )
    assert "as in the settings" in run_command("users", "limit", "anna", "--none").out
    assert run_command("users", "limit", "me", "--per-day", "7").code == 0
    assert run_command("users", "limit", "anna").code == 2
    assert run_command("users", "limit", "anna", "--per-day", "0").code == 2
    listed = json.loads(run_command("users", "list", "--json").out)
    assert [(row["name"], row["per_day"], row["ratings"]) for row in listed] == [("me", 7, 0), ("anna", None, 0)]
    assert all("token" not in key for row in listed for key in row)
    assert "you; 0 ratings; 7 picks a day" in run_command("users", "list").out


def test_who_is_removed_is_let_in_no_longer(users: UserStore, tmp_path: Path) -> None:
    _, token = users.add("anna")
    uploads = RatingUploads(DataFolder(tmp_path / "data", 0))
    upload_id = uploads.put(RatingUpload(name="a.csv", text="2403.12345", user="anna"))
    lists = ReadingListStore(DataFolder(tmp_path / "data", 0))
    paper_id = lists.keep_file(b"her draft", ".tex")
    lists.put([ListedPaper(paper_id=paper_id, user="anna", added_at=now(), changed_at=now())])
    assert run_command("users", "remove", "anna").code == 0
    assert lists.file_of(paper_id) is None
    assert users.of_token(token) is None
    assert uploads.get(upload_id, "anna") is None
    done = run_command("users", "remove", "anna")
    assert done.code == 1
    assert "there are: me" in done.err


@pytest.mark.parametrize("command", [("like", "2403.12345"), ("reprocess", "2403.12345")])
def test_a_rating_is_the_named_persons(
    users: UserStore, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    events: list[Any] = []

    async def publish(bus: object, event: Event) -> None:
        events.append(event)

    monkeypatch.setattr("deploy.commands.papers.publish", publish)
    users.add("anna")
    assert run_command(*command, "--user", "anna").code == 0
    assert run_command(*command).code == 0
    assert [event.user for event in events] == ["anna", "me"]
    done = run_command(*command, "--user", "ben")
    assert done.code == 2
    assert "no user 'ben'" in " ".join(done.err.split())
    assert len(events) == 2


@pytest.mark.parametrize(
    "command",
    [
        ("best",), ("why", "2403.12345"), ("search", "graphs"), ("interests",), ("interests", "boost", "graphs"),
        ("model", "list"), ("evaluate",), ("rank",),
    ],
)  # fmt: skip
def test_what_is_about_one_persons_picks_takes_a_user(users: UserStore, command: tuple[str, ...]) -> None:
    done = run_command(*command, "--user", "nobody")
    assert done.code == 2
    assert "no user 'nobody'" in " ".join(done.err.split())
