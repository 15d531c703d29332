"""Runs the own model's process, as the launcher starts it: `--port N --key-file FILE`."""

import argparse
from pathlib import Path

from services.summarizer.own_model.app import API, create_app
from services.summarizer.settings import Settings
from shared.service.runner import run_service


def main() -> None:
    """Until SIGTERM, on loopback alone."""
    parser = argparse.ArgumentParser(prog="own-model", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key-file", type=Path, required=True)
    arguments = parser.parse_args()
    run_service(
        "own-model",
        Settings,
        lambda settings: create_app(settings, arguments.port, arguments.key_file),
        lambda settings: ("127.0.0.1", arguments.port),
        also_below=API,
    )


if __name__ == "__main__":
    main()
