"""The page about the demo arXiv says what the code does."""

from pathlib import Path

import pytest

import deploy.demo
from deploy.demo.__main__ import parse_arguments
from deploy.demo.misbehaviour.faults import KINDS
from deploy.demo.papers.corpus import load_corpus

README = (Path(deploy.demo.__file__).parent / "README.md").read_text()


def test_every_option_and_every_fault_is_on_the_page() -> None:
    options = [f"--{name.replace('_', '-')}" for name in vars(parse_arguments([]))]
    assert [option for option in options if option not in README] == []
    assert [kind for kind in KINDS if f"`{kind}`" not in README] == []


def test_the_numbers_of_papers_and_sources_are_right() -> None:
    corpus = load_corpus()
    assert f"{len(corpus)} invented papers" in README
    assert f"{len(corpus.shelf.eprints)} have a source" in README


def test_a_wrong_option_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse_arguments(["--today", "yesterday"])
    assert caught.value.code == 2
    assert "--today" in capsys.readouterr().err
