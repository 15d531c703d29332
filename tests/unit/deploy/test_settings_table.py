"""Every setting is documented, in docs/settings.md and in the code, and the two agree."""

from pathlib import Path

from deploy.configuration import DEMO_FILE, SystemSettings, load_system_settings
from deploy.settings_table import END, renewed, settings_table

ROOT = Path(__file__).parents[3]


def test_the_table_in_the_docs_is_todays() -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert renewed(page) == page, "run: python -m deploy.settings_table docs/settings.md"


def test_every_setting_has_a_description() -> None:
    undocumented = [row for row in settings_table().splitlines()[2:] if row.rstrip(" |").count("|") < 3]
    assert undocumented == []


def test_a_stale_table_is_noticed() -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert renewed(page.replace(END, f"| stale |\n{END}")) == page


def test_the_demos_settings_file_is_valid_and_says_so() -> None:
    settings = load_system_settings(DEMO_FILE)
    assert isinstance(settings, SystemSettings)
    assert settings.demo.enabled
