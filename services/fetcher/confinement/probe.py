"""What a program behind a fence tries in the trial: each of the things that must fail, and one that must not.

Run as a file, by a Python without any package: `probe.py SECRET PARENT PORT OUTSIDE INSIDE`.
"""

import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path


def works(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def parents_environment(parent: str) -> str:
    """A process of the fence's own may have the parent's number; its environment says who it is."""
    content = Path(f"/proc/{parent}/environ").read_text("utf-8", "replace")
    if "CONFINED_BY=" in content or not content:
        raise OSError("not the parent's")
    return content


def main() -> None:
    secret, parent, port, outside, inside = sys.argv[1:]
    successes = {
        "secret": works(Path(secret).read_bytes),
        "environment": works(lambda: parents_environment(parent)),
        "network": works(lambda: socket.create_connection(("127.0.0.1", int(port)), 2)),
        "outside": works(lambda: Path(outside).write_bytes(b"x")),
        "inside": works(lambda: Path(inside).write_bytes(b"x")),
    }
    sys.stdout.write(json.dumps(successes))


if __name__ == "__main__":
    main()
