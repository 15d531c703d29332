"""Weights fitted to labels; the shipped ones are made by the same code."""

import json
import sys
from pathlib import Path

import pytest

from services.summarizer.roles.model import RoleModel
from services.summarizer.roles.training import fit, main, read_examples

TOPICS = ("disks", "graphs", "cells", "robots", "texts", "stars", "rivers", "voters", "proofs", "songs")


def abstract(topic: str) -> str:
    return (
        f"Sorting {topic} matters to everybody. However, existing methods for {topic} remain slow. "
        f"We propose a merge tree of {topic}. Experiments show that it is 2.5 times as fast on {topic}."
    )


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    records = [{"paper_id": f"2401.{n:05}", "abstract": abstract(topic)} for n, topic in enumerate(TOPICS)]
    (tmp_path / "abstracts.jsonl").write_text("\n".join(map(json.dumps, records)) + "\n")
    (tmp_path / "labels.txt").write_text("".join(f"{one['paper_id']}: P2 T1 M3,2 R4 L-\n" for one in records))
    return tmp_path / "abstracts.jsonl", tmp_path / "labels.txt"


def test_what_was_labelled_is_learned(files: tuple[Path, Path]) -> None:
    examples = read_examples(*files)
    assert examples[0].labels == {"problem": (1,), "task": (0,), "method": (2, 1), "result": (3,), "limitation": ()}
    found = fit(examples).probabilities(examples[0].sentences)
    assert [int(found.of[role].argmax()) for role in ("problem", "task", "method", "result")] == [1, 0, 2, 3]
    assert found.none["limitation"] > 0.9


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("2401.00000: P2 T1", "is no line of labels"),
        ("2499.00000: P2 T1 M3 R4 L-", "its abstract is missing"),
        ("2401.00000: P9 T1 M3 R4 L-", "does not have"),
        ("2401.00000: P0 T1 M3 R4 L-", "does not have"),
    ],
)
def test_labels_that_cannot_be_are_named(files: tuple[Path, Path], line: str, told: str) -> None:
    files[1].write_text(line + "\n")
    with pytest.raises(ValueError, match=told):
        read_examples(*files)


@pytest.mark.proof
def test_the_command_writes_weights_that_can_be_read(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "weights.npz"
    monkeypatch.setattr(sys, "argv", ["training", *map(str, files), "-o", str(out)])
    main()
    assert "10 abstracts: problem 1.000" in capsys.readouterr().out
    assert RoleModel.from_bytes(out.read_bytes()).vocabulary
