"""The way through marker with a stand-in for the package: its models are nowhere near."""

import shutil
from pathlib import Path

import pytest

from services.fetcher.confinement.bounds import show_code
from services.fetcher.documents.engines import marker

STAND_IN = {
    "__init__.py": "",
    "converters/__init__.py": "",
    "converters/pdf.py": "class PdfConverter:\n"
    "    def __init__(self, artifact_dict):\n        self.models = artifact_dict\n"
    "    def __call__(self, path):\n        return self.models['say'] + open(path, 'rb').read(8).decode()\n",
    "models.py": "def create_model_dict():\n    return {'say': '# Read '}\n",
    "output.py": "def text_from_rendered(rendered):\n    return rendered, 'md', {}\n",
}


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, content in STAND_IN.items():
        path = tmp_path / "marker" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def show_code_and_marker(folder: Path) -> tuple[str, str]:
        shutil.copytree(tmp_path / "marker", folder / "marker")
        return show_code(folder)

    monkeypatch.setattr("services.fetcher.documents.engines.marker.show_code", show_code_and_marker)
    return tmp_path / "marker"


def test_a_pdf_is_read_by_marker_in_a_process_of_its_own(stand_in: Path) -> None:
    assert marker.to_markdown(b"%PDF-1.4 x", seconds=30) == ("# Read %PDF-1.4", "")


def test_a_marker_without_models_says_so(stand_in: Path) -> None:
    (stand_in / "models.py").write_text("def create_model_dict():\n    raise OSError('no models here')\n")
    text, problem = marker.to_markdown(b"%PDF-1.4 x", seconds=30)
    assert text is None
    assert "no models here" in problem


def test_a_marker_that_takes_too_long_is_ended(stand_in: Path) -> None:
    (stand_in / "models.py").write_text("import time\ntime.sleep(60)\n")
    assert marker.to_markdown(b"%PDF-1.4 x", seconds=2) == (None, "marker took over 2 s")
