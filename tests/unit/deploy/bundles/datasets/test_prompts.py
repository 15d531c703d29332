"""Prompts of a bundle: one that is here stays, and only a prompt is written."""

from pathlib import Path

from shared.store.files.data_folder import DataFolder
from tests.support.folders.bundles import merge, rewritten


def test_a_prompt_that_is_here_stays(whole: Path, empty: DataFolder) -> None:
    path = empty.path("prompts", "extract.md")
    empty.write_text(path, "Mine")
    assert merge(whole, empty)["prompts"].conflicts == ["The prompt extract.md differs; the one here stays"]
    assert path.read_text() == "Mine"


def test_a_name_that_leads_elsewhere_is_refused(whole: Path, empty: DataFolder, tmp_path: Path) -> None:
    odd = b'{"name": "../extract.md", "text": "x"}\n{"name": "extract.md\\n", "text": "x"}\n'
    tally = merge(rewritten(whole, tmp_path / "odd.zip", {"prompts.jsonl": lambda _: odd}), empty)["prompts"]
    assert (tally.new, tally.refused) == (0, 2)
