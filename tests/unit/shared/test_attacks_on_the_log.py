"""What a hostile text can do in a log or on a terminal: nothing."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from rich.table import Table
from rich.text import Text

from deploy.launcher.output import Output
from shared.command_line.terminal import open_console
from shared.service.logging import JsonFormatter, TextFormatter, set_up_logging
from shared.service.repeated_lines import RepeatedLines
from shared.settings.settings import LogSettings
from shared.text.safe.plain_text import harmless, harmless_json, one_line, without_credentials

HOSTILE = "a\x1b[31m\x1b]0;title\x07 \x9b2J \u202eb\u2066 \x08\x7f \r\ud800 \u2028"
ACTING = set("\x1b\x07\x9b\u202e\u2066\x08\x7f\r\ud800\u2028")


def test_attack_12_what_acts_on_a_terminal_is_written_out() -> None:
    assert not ACTING & set(harmless(HOSTILE))
    assert "\\x1b[31m" in harmless(HOSTILE)
    assert harmless("ordinary: é, 日本, $x^2$\n\ttab") == "ordinary: é, 日本, $x^2$\n\ttab"
    assert one_line("a\nb") == "a\\nb"


def test_attack_12_escaped_json_is_the_same_json() -> None:
    text = json.dumps({"title": HOSTILE}, ensure_ascii=False)
    assert not ACTING & set(harmless_json(text))
    assert json.loads(harmless_json(text)) == {"title": HOSTILE}


def test_attack_12_nothing_that_commands_print_acts_on_the_terminal() -> None:
    console = open_console()
    console.file = io.StringIO()
    table = Table("title")
    table.add_row(HOSTILE)
    console.print(HOSTILE, markup=False)
    console.print(Text(HOSTILE, style="bold"))
    console.print(table)
    console.print(f"[bold]{HOSTILE}[/bold]")
    assert not (ACTING - {"\x1b"}) & set(console.file.getvalue())
    assert "\x1b]0" not in console.file.getvalue()


def test_attack_12_styles_are_kept_on_a_terminal_and_hostile_ones_are_not() -> None:
    console = open_console()
    console.file = io.StringIO()
    console._force_terminal = True
    console.print(Text("\x1b[5m", style="bold"))
    assert "\\x1b[5m" in console.file.getvalue()
    assert "\x1b[5m" not in console.file.getvalue()


@pytest.mark.parametrize("as_json", [True, False])
def test_attack_12_a_log_line_is_one_line_and_harmless(as_json: bool) -> None:
    record = logging.LogRecord("x", logging.WARNING, "f", 1, HOSTILE + "\n00:00:00 forged", (), None)
    record.title = HOSTILE
    line = (JsonFormatter("s") if as_json else TextFormatter("s")).format(record)
    assert not (ACTING | {"\n"}) & set(line)


@pytest.mark.parametrize("form", ["json", "text"])
def test_attack_12_the_launchers_log_is_harmless_whatever_a_process_says(form: str) -> None:
    stream = io.StringIO()
    output = Output(LogSettings.model_validate({"format": form}), stream)
    output.write("fetcher", {"level": "INFO", "message": HOSTILE, "title": HOSTILE, "traceback": HOSTILE})
    assert not ACTING & set(stream.getvalue())
    stream.getvalue().encode("utf-8")


def test_attack_10_a_log_names_no_password_of_an_address() -> None:
    assert (
        without_credentials("at nats://me:p@ss@host:1 and https://x.org/@y")
        == "at nats://***@host:1 and https://x.org/@y"
    )
    record = logging.LogRecord("x", logging.WARNING, "f", 1, "NATS at %s", ("nats://me:hunter2@host",), None)
    record.url = "https://hunter2@host/"
    for formatter in (JsonFormatter("s"), TextFormatter("s")):
        assert "hunter2" not in formatter.format(record)


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logging("test", LogSettings(format="json"), stream)
    yield logging.getLogger("somebody.else"), stream
    root.handlers[:] = before
    root.setLevel(level)


def test_attack_8_a_warning_that_repeats_does_not_fill_the_log(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    for number in range(5_000):
        logger.error("socket %s failed", number, exc_info=OSError(24, "Too many open files"))
    assert 1 <= len(stream.getvalue().splitlines()) <= 20
    logger.warning("something else")
    assert "something else" in stream.getvalue()


def test_attack_8_what_was_left_out_is_counted_and_told_later() -> None:
    now = [0.0]
    lines = RepeatedLines(lambda: now[0])
    record = logging.LogRecord("x", logging.WARNING, "f", 1, "again", (), None)
    assert sum(lines.filter(record) for _ in range(100)) == 10
    now[0] = 61.0
    assert lines.filter(record)
    assert vars(record)["left_out"] == "90 more of this"
    assert not lines.filter(record)


def test_attack_8_our_own_lines_about_different_papers_are_all_told() -> None:
    lines = RepeatedLines(lambda: 0.0)
    told = [
        lines.filter(logging.LogRecord("services.fetcher", logging.WARNING, "f", 1, "%s is odd", (number,), None))
        for number in range(500)
    ]
    assert all(told)
    assert all(lines.filter(logging.LogRecord("x", logging.INFO, "f", 1, "information", (), None)) for _ in range(500))
