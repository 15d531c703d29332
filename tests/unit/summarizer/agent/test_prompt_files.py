"""Prompt files: the package's, one's own, broken ones."""

from pathlib import Path

import pytest

from services.summarizer.agent.prompt_files import PLACEHOLDERS, PromptFiles
from shared.errors import SettingsError

REST = {"fields": (), "claims": 2, "language": "English"}


def test_the_default_prompts_hold_what_they_need(tmp_path: Path) -> None:
    prompts = PromptFiles(tmp_path / "not there").load()
    assert set(prompts.templates) == set(PLACEHOLDERS)
    assert "=MARK=" in prompts.render("extract", **REST, mark="=MARK=", form="{}")


def test_a_file_of_ones_own_takes_the_place_of_the_default_at_once_and_changes_the_hash(tmp_path: Path) -> None:
    files = PromptFiles(tmp_path)
    before = files.load()
    (tmp_path / "extract.md").write_text(
        "Between {{ mark }} lies data.{% for field in fields %}{% endfor %} Answer: {{ form }}\n"
    )
    after = files.load()
    assert after.render("extract", **REST, mark="M", form="{}") == "Between M lies data. Answer: {}"
    asked = {"problems": ["p"], "fields": ["f"], "passages": ["s"], "mark": "M", "language": "English", "form": "{}"}
    assert after.render("repair", **asked) == before.render("repair", **asked)
    assert before.hash != after.hash


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("No mark at all. {{ fields }}", r"extract.md must hold \{\{ mark \}\}"),
        ("{{ mark }} {{ api_key }}", "asks for api_key; it may use claims, fields, form"),
        ("line\n{% if mark %}", "line 2, is no template"),
        ("{{ mark }", "is no template"),
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "extract.md").write_text(text)
    files = PromptFiles(tmp_path)
    with pytest.raises(SettingsError, match=why):
        files.load()
    assert files.problem() is not None


def test_a_file_that_is_no_text_or_far_too_long_is_named(tmp_path: Path) -> None:
    (tmp_path / "extract.md").write_bytes(b"\xff\xfe{{ mark }}")
    assert "not UTF-8" in str(PromptFiles(tmp_path).problem())
    (tmp_path / "extract.md").write_bytes(b"{{ mark }}" + b" " * 200_000)
    assert "100,000 are allowed" in str(PromptFiles(tmp_path).problem())


def test_a_template_cannot_reach_into_the_program(tmp_path: Path) -> None:
    (tmp_path / "extract.md").write_text("{{ mark.__class__.__mro__ }}{{ fields }}")
    with pytest.raises(SettingsError, match=r"cannot be filled in"):
        PromptFiles(tmp_path).load().render("extract", **REST, mark="M", form="{}")
