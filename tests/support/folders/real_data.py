"""The folder of real inputs, where there is one. Nothing of it is part of this project."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def real_data(*parts: str) -> Path:
    """A path in the folder `PAPERSYS_REAL_DATA` names (default `../shared/data`); skips the test where it is not."""
    folder = Path(os.environ.get("PAPERSYS_REAL_DATA", ROOT.parent / "shared" / "data"))
    path = folder.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"real data: {path} is not there; PAPERSYS_REAL_DATA names the folder")
    return path
