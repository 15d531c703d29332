"""`papersys nats` and `status`, as a person types them where no system is running."""

import json
from pathlib import Path

import pytest

from shared.hosts import local_model_servers
from tests.support.bus.ports import free_port
from tests.support.checks.command_line import run_command


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PAPERSYS_CONFIG", raising=False)
    text = f'[data]\npath = "data"\n[bus]\nport = {free_port()}\n[http]\nfirst_port = {free_port()}\n'
    (tmp_path / "papersys.toml").write_text(text)
    return tmp_path


def test_before_the_first_start_there_is_no_password() -> None:
    done = run_command("nats")
    assert (done.code, "There is no password yet" in done.err) == (1, True)


def test_credentials_are_printed_for_a_person_a_shell_and_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERSYS_BUS__PASSWORD", "pass-1 2")
    assert "password  pass-1 2" in run_command("nats").out
    assert run_command("nats", "--password").out == "pass-1 2\n"
    facts = json.loads(run_command("nats", "--json").out)
    assert (facts["user"], facts["password"], facts["url"][:7]) == ("papersys", "pass-1 2", "nats://")


def test_a_system_that_does_not_run_is_not_well() -> None:
    done = run_command("status")
    assert done.code == 1
    assert "does not answer" in done.out
    assert "Last harvest: none yet." in done.out
    facts = json.loads(run_command("status", "--json").out)
    assert {service["state"] for service in facts["services"]} == {"down"}
    assert facts["counts"]["ratings"] == facts["counts"]["verdicts"] == 0


@pytest.fixture
def _on_a_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests themselves may run in a container."""
    monkeypatch.setattr(local_model_servers, "_CONTAINER_MARKS", ())


def test_in_a_container_the_machine_around_it_has_to_be_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_model_servers, "_CONTAINER_MARKS", (folder,))
    assert "publisher.allowed_hosts" in run_command("reader", "--qr").out


@pytest.mark.usefixtures("_on_a_machine")
def test_the_reader_on_this_machine_alone_says_how_a_phone_gets_there() -> None:
    assert run_command("reader").out == "http://127.0.0.1:8080/\n"
    assert 'host = "0.0.0.0"' in run_command("reader", "--qr").out


@pytest.mark.usefixtures("_on_a_machine")
def test_a_reader_that_others_reach_is_shown_as_a_qr_code_with_its_token(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERSYS_PUBLISHER__HOST", "10.0.0.5")
    token = folder / "data" / "state" / "reader.token"
    token.parent.mkdir(parents=True)
    token.write_text("a-token-of-decent-length")
    shown = run_command("reader", "--qr").out
    assert "On a phone in the same network: http://10.0.0.5:8080/?token=a-token-of-decent-length" in shown
    assert "█" in shown
