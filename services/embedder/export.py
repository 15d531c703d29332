"""Exports the bundled model for machines without torch: `python -m services.embedder.export FOLDER`."""

import sys
from pathlib import Path

from services.embedder.backends.model_files import BUNDLED, bundled_revision, model_location
from services.embedder.runtime.exported import export
from shared.settings.settings import ModelSettings


def main(folder: Path) -> None:
    bundled = ModelSettings(name=BUNDLED)
    export(bundled, Path(model_location(bundled)), bundled_revision(), folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
