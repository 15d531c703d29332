"""`papersys publish` and `reader --log-out-all`, as a person types them."""

from pathlib import Path

import pytest

from tests.support.checks.command_line import run_command


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "papersys.toml").write_text('[data]\npath = "data"\nmin_free_mb = 0\n[publisher]\nport = 8123\n')
    return tmp_path


def test_where_nothing_was_summarised_it_is_said_why_no_page_was_written() -> None:
    assert run_command("publish").out.startswith("No paper has a summary yet")


def test_what_is_no_id_is_wrong_use() -> None:
    assert run_command("publish", "nonsense").code == 2


def test_a_paper_without_a_summary_is_named() -> None:
    done = run_command("publish", "2403.12345")
    assert (done.code, "2403.12345" in done.err) == (1, True)


def test_the_readers_address_is_printed_and_all_can_be_logged_out() -> None:
    assert run_command("reader").out == "http://127.0.0.1:8123/\n"
    assert run_command("reader", "--log-out-all").out == "All browsers are logged out.\n"
