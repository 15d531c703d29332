"""`papersys init`: a settings file of one's own, with what to start from."""

from pathlib import Path

import pytest

from deploy.configuration import load_system_settings
from tests.support.command_line import run_command

BIB = "@article{a, title={On x}, eprint={2401.00010}, archiveprefix={arXiv}}\n@article{b, title={broken}"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PAPERSYS_CONFIG", raising=False)
    return tmp_path


def test_what_it_writes_can_be_loaded_and_says_what_was_asked_for(folder: Path) -> None:
    (folder / "mine.bib").write_text(BIB)
    seeds = ("--seed", "mine.bib", "--seed", "arXiv:2401.00011v2", "--seed", 'how "graphs" grow, 日本')
    done = run_command("init", ".", "--categories", "cs.LG, math.CO", "--contact", 'a"b@example.org', *seeds)
    assert done.code == 0
    assert "papers: 1, with an arXiv id: 1, unusable: 1 (line 2: broken BibTeX" in done.out
    settings = load_system_settings(folder / "papersys.toml")
    assert settings.seeds == (str(folder / "mine.bib"), "arXiv:2401.00011v2", 'how "graphs" grow, 日本')
    assert settings.fetcher.contact == 'a"b@example.org'  # type: ignore[attr-defined]
    assert '"mine.bib"' in (folder / "papersys.toml").read_text("utf-8")


def test_no_category_at_all_is_wrong_use(folder: Path) -> None:
    done = run_command("init", ".", "--categories", " , ", "--contact", "a@example.org")
    assert done.code == 2
    assert "at least one category" in done.err
    assert run_command("init", ".", "--categories", "").code == 2
    assert not (folder / "papersys.toml").exists()


def test_a_bib_file_elsewhere_is_named_in_whole(folder: Path) -> None:
    (folder / "mine.bib").write_text(BIB)
    assert run_command("init", "sub", "--seed", "mine.bib").code == 0
    assert load_system_settings(folder / "sub" / "papersys.toml").seeds == (str(folder / "mine.bib"),)


@pytest.mark.parametrize(
    ("seed", "code", "says"),
    [
        ("gone.bib", 1, "There is no file"),
        ("empty.bib", 1, "holds no paper"),
        ("2410.1285", 2, "2410.12850"),
    ],
)
def test_a_seed_that_cannot_be_one_is_refused_and_nothing_is_written(
    folder: Path, seed: str, code: int, says: str
) -> None:
    (folder / "empty.bib").write_text("nothing")
    done = run_command("init", ".", "--seed", seed)
    assert done.code == code
    assert says in " ".join(done.err.replace("│", " ").split())
    assert not (folder / "papersys.toml").exists()


def test_a_file_that_is_there_is_never_overwritten(folder: Path) -> None:
    assert run_command("init").code == 0
    done = run_command("init")
    assert (done.code, "already exists" in done.err) == (1, True)
