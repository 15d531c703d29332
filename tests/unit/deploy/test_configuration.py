"""Settings that cannot be right, in `init`, `up` and `fetch`, and variables that are no settings."""

import os
from pathlib import Path

import pytest

from deploy.configuration import ReaderSettings, load_system_settings, mistyped_settings
from services.publisher.settings import PublisherSettings
from services.ranker.settings import Settings as RankerSettings
from shared.errors import SettingsError
from shared.settings.settings import load_settings
from tests.support.checks.command_line import Outcome, run_command

WRONG = [
    ("--categories", "cs.XX", "'cs.XX' is no arXiv category", '[fetcher]\ncategories = ["cs.LG", "cs.XX"]'),
    ("--categories", "cs.lg", "did you mean cs.LG?", '[fetcher]\ncategories = ["cs.lg"]'),
    ("--categories", "Machine Learning", "did you mean", '[fetcher]\ncategories = ["Machine Learning"]'),
    ("--categories", "hepth", "did you mean hep-th?", '[fetcher]\ncategories = ["hepth"]'),
    ("--contact", "notanemail", "no e-mail address", '[fetcher]\ncontact = "notanemail"'),
    ("--contact", "me@", "no e-mail address", '[fetcher]\ncontact = "me@"'),
    ("--contact", "@example.org", "no e-mail address", '[fetcher]\ncontact = "@example.org"'),
    ("--contact", "a@b.org\nX: y", "no e-mail address", '[fetcher]\ncontact = "a@b.org\\nX: y"'),
    ("--contact", "mé@example.org", "no e-mail address", '[fetcher]\ncontact = "mé@example.org"'),
    ("--seed", "", "says nothing to start from", '[ranker]\nseeds = [""]'),
    ("--seed", "  ", "says nothing to start from", '[ranker]\nseeds = ["graphs", "  "]'),
    ("--seed", "...", "says nothing to start from", '[ranker]\nseeds = ["..."]'),
    ("--seed", "2410.1285", "2410.12850", '[ranker]\nseeds = ["2410.1285"]'),
]
GOOD_CONTACTS = ["", "me@example.org", "demo@localhost", "https://example.org/~me", "Jo <jo@x.org>", "mailto:a@b.co"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("PAPERSYS_"):
            monkeypatch.delenv(name)
    return tmp_path


@pytest.mark.parametrize(("option", "value", "says", "text"), WRONG)
def test_fault_8_what_cannot_be_right_is_refused_by_init_and_when_settings_are_loaded(
    folder: Path, option: str, value: str, says: str, text: str
) -> None:
    done = run_command("init", ".", option, value)
    assert done.code == 2
    assert says in " ".join(done.err.replace("│", " ").split())
    assert not (folder / "papersys.toml").exists()
    (folder / "papersys.toml").write_text(text)
    for command in ("up", "fetch", "status"):
        refused = run_command(command)
        assert refused.code == 2
        assert says in refused.err


def test_fault_8_fetch_refuses_a_wrong_category_of_its_own_option() -> None:
    refused = run_command("fetch", "--categories", "cs.LG,cs.XX")
    assert refused.code in (1, 2)
    assert "'cs.XX' is no arXiv category" in refused.err


@pytest.mark.parametrize("contact", GOOD_CONTACTS)
def test_fault_8_a_contact_that_reaches_somebody_is_taken(folder: Path, contact: str) -> None:
    assert run_command("init", ".", "--contact", contact).code == 0
    assert load_system_settings(folder / "papersys.toml").fetcher.contact == contact  # type: ignore[attr-defined]


def test_fault_8_what_looks_like_a_place_of_the_template_is_written_as_it_is(folder: Path) -> None:
    assert run_command("init", ".", "--seed", "{contact} {llm} \x7f graphs").code == 0
    assert load_system_settings(folder / "papersys.toml").ranker.seeds == ("{contact} {llm} \x7f graphs",)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PAPERSYS_FOO__BAR", "1", "PAPERSYS_FOO__BAR: there is no such setting"),
        ("PAPERSYS_BUS__PROT", "1", "did you mean PAPERSYS_BUS__PORT?"),
        ("PAPERSYS_BUSS__PORT", "1", "did you mean PAPERSYS_BUS__PORT?"),
        ("PAPERSYS_FETCHER__CATEGORY", "[]", "did you mean PAPERSYS_FETCHER__CATEGORIES?"),
        ("PAPERSYS_BUS__PORT", "many", "PAPERSYS_BUS__PORT: "),
        ("PAPERSYS_FETCHER__CATEGORIES", '["cs.XX"]', "PAPERSYS_FETCHER__CATEGORIES"),
        ("PAPERSYS_BUS__", "1", "PAPERSYS_BUS__: there is no such setting"),
        ("PAPERSYS___PORT", "1", "PAPERSYS___PORT: there is no such setting"),
        ("PAPERSYS_BUS__PORT__X", "1", "PAPERSYS_BUS__PORT__X: there is no such setting"),
        ("PAPERSYS_EMBEDDING__MODELS__MINILM__DIM", "1", "did you mean PAPERSYS_EMBEDDING__MODELS__MINILM__DIMENSION?"),
        ("PAPERSYS_FETCHER__CATEGORIES", "[" * 100_000, "PAPERSYS_FETCHER__CATEGORIES is not valid JSON"),
        ("PAPERSYS_FETCHER__CONTACT", "\udcff", "PAPERSYS_FETCHER__CONTACT is not text in UTF-8"),
    ],
)
def test_fault_8_a_wrong_environment_variable_is_named_as_such(name: str, value: str, says: str) -> None:
    refused = run_command_with(name, value)
    assert refused.code == 2
    assert says in refused.err
    assert "papersys.toml" not in refused.err


def run_command_with(name: str, value: str) -> Outcome:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(name, value)
        return run_command("status")


def test_fault_8_one_service_names_a_wrong_variable_too_and_leaves_those_of_others() -> None:
    with pytest.raises(SettingsError, match="PAPERSYS_FOO__BAR"):
        load_settings(RankerSettings, None, {"PAPERSYS_FOO__BAR": "1"})
    others = {"PAPERSYS_FETCHER__WHATEVER": "1", "PAPERSYS_LAUNCHER__STOP_SECONDS": "9"}
    load_settings(RankerSettings, None, others)


def test_fault_8_a_variable_with_one_underscore_too_few_is_warned_about() -> None:
    environment = {"PAPERSYS_DATA_PATH": "x", "PAPERSYS_CONFG": "x", "PAPERSYS_CONFIG": "x", "PAPERSYS_KILLS": "6"}
    assert [line.rpartition(" ")[2] for line in mistyped_settings(environment)] == [
        "PAPERSYS_CONFIG?",
        "PAPERSYS_DATA__PATH?",
    ]


def test_what_deploy_reads_of_services_sections_is_there(folder: Path) -> None:
    (folder / "papersys.toml").write_text('[publisher]\nport = 8123\n[ranker]\nseeds = ["graphs"]\n')
    settings = load_system_settings()
    section: ReaderSettings = PublisherSettings(port=8123)  # the type checker compares the two
    assert settings.reader == section
    assert settings.seeds == ("graphs",)
