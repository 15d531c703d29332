# ruff: noqa: E501 (a source stands in one line)
"""Fences around converters, tried with programs that want out, and with a real LaTeXML and pandoc."""

import json
import os
import socket
import sys
from pathlib import Path

import pytest

from services.fetcher.confinement import landlock
from services.fetcher.confinement.bounds import Bounds, python_paths, show_code
from services.fetcher.confinement.launching import Fence, start
from tests.support.checks.confinement import SECRET

pytestmark = pytest.mark.attack

ATTEMPTS = {
    "a file outside": "open(sys.argv[1]).read()",
    "the environment of another process": "open(f'/proc/{sys.argv[2]}/environ').read()",
    "the command line of another process": "open(f'/proc/{sys.argv[2]}/cmdline').read()",
    "the memory of another process": "open(f'/proc/{sys.argv[2]}/mem', 'rb').read(1)",
    "a write outside": "open(sys.argv[1], 'a').write('x')",
    "a write among the programs": "open(sys.prefix + '/x', 'w')",
    "a link to a file outside": "os.symlink(sys.argv[1], 'link'); open('link').read()",
    "a hard link to a file outside": "os.link(sys.argv[1], 'hard'); open('hard').read()",
    "a TCP connection": "socket.create_connection(('127.0.0.1', int(sys.argv[3])), 2)",
    "a local socket": "socket.socket(socket.AF_UNIX).connect(sys.argv[4])",
    "a signal to another process": "os.kill(int(sys.argv[2]), 0)",
    "the home of the user": "os.listdir(os.path.expanduser('~root'))",
}


def bounds_in(folder: Path, **changes: int) -> Bounds:
    folder.mkdir(exist_ok=True)
    return Bounds(folder, python_paths(), **{"seconds": 20, "memory_mb": 1_000, **changes})  # type: ignore[arg-type]


def python(code: str, bounds: Bounds, fence: Fence | None, *arguments: str) -> tuple[int, str, str]:
    process = start([sys.executable, "-I", "-S", "-c", f"import os, socket, sys\n{code}", *arguments], bounds, fence)
    out, messages = process.communicate(timeout=60)
    return process.returncode, out.decode(), messages.decode()


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_confined_program_cannot_reach(attempt: str, fence: Fence, secret: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as local:
        local.bind(str(tmp_path / "socket"))
        local.listen()
        arguments = (str(secret), str(os.getpid()), str(server.getsockname()[1]), str(tmp_path / "socket"))
        code, out, messages = python(ATTEMPTS[attempt], bounds_in(tmp_path / "own"), fence, *arguments)
    assert code != 0, f"{attempt} worked: {out}"
    assert "Error" in messages
    assert SECRET not in out + messages
    assert secret.read_text("utf-8") == f"{SECRET} is a word"


@pytest.mark.parametrize("attempt", ["a file outside", "a TCP connection", "a write outside"])
def test_what_a_fence_prevents_works_without_one(attempt: str, secret: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        arguments = (str(secret), str(os.getpid()), str(server.getsockname()[1]), "")
        assert python(ATTEMPTS[attempt], bounds_in(tmp_path / "own"), None, *arguments)[0] == 0


def test_no_packet_of_a_confined_program_arrives(fence: Fence, tmp_path: Path) -> None:
    send = "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', int(sys.argv[1])))"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.setblocking(False)
        port = str(receiver.getsockname()[1])
        python(send, bounds_in(tmp_path / "own"), fence, port)
        with pytest.raises(BlockingIOError):
            receiver.recv(1)
        assert python(send, bounds_in(tmp_path / "own"), None, port)[0] == 0
        assert receiver.recv(1) == b"x"


def test_a_confined_program_can_write_its_own_folder_alone(fence: Fence, tmp_path: Path) -> None:
    code = "open('made', 'w').write('yes'); os.mkdir('deeper'); open('deeper/x', 'w'); os.rename('made', 'deeper/made')"
    assert python(code, bounds_in(tmp_path / "own"), fence) == (0, "", "")
    assert (tmp_path / "own" / "deeper" / "made").read_text() == "yes"
    tried = "for place in ('/', '/tmp', '/dev', '/dev/shm', '/var/tmp', '/proc', '/usr'):\n try:\n  open(place + '/x', 'w'); print(place)\n except OSError: pass"
    assert python(tried, bounds_in(tmp_path / "own"), fence) == (0, "", "")


def test_no_secret_is_in_a_converters_environment(fence: Fence, secret: Path, tmp_path: Path) -> None:
    code, out, _ = python("import json; print(json.dumps(dict(os.environ)))", bounds_in(tmp_path / "own"), fence)
    seen = json.loads(out)
    assert code == 0
    assert SECRET not in out
    assert set(seen) <= {"PATH", "HOME", "TMPDIR", "LC_ALL", "PYTHONDONTWRITEBYTECODE", "CONFINED_BY", "PWD"}
    assert seen["CONFINED_BY"] == fence


@pytest.mark.parametrize(
    ("code", "changes", "message"),
    [
        ("bytearray(2_000_000_000)", {}, "MemoryError"),
        ("open('large', 'wb').write(bytes(3_000_000))", {"file_mb": 1}, "File too large"),
        ("while True: pass", {"seconds": 0}, ""),
        ("files = [open('/dev/null') for _ in range(600)]", {}, "Too many open files"),
    ],
)
def test_what_a_program_takes_is_limited(
    code: str, changes: dict[str, int], message: str, fence: Fence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.fetcher.confinement.bounds._CPU_GRACE_SECONDS", 0)
    ended, _, messages = python(code, bounds_in(tmp_path / "own", **changes), fence)
    assert ended != 0
    assert message in messages


def test_processes_are_limited_in_number(fence: Fence, tmp_path: Path) -> None:
    bounds = bounds_in(tmp_path / "own")
    _, out, _ = python("import resource; print(resource.getrlimit(resource.RLIMIT_NPROC)[0])", bounds, fence)
    assert 0 < int(out) < 100_000


def test_a_program_within_a_fence_gets_a_narrower_one(fence: Fence, tmp_path: Path) -> None:
    if not landlock.is_usable():
        pytest.skip("there is no Landlock to put on top")
    code = """
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from services.fetcher.confinement import fences
from services.fetcher.confinement.bounds import Bounds
Path('paper').write_text('mine'); Path('inner').mkdir()
print(fences.run(['cat', os.path.abspath('paper')], Bounds(Path('inner').absolute(), (), 5, 500)))
"""
    bounds = bounds_in(tmp_path / "own")
    _, found_in = show_code(bounds.folder)
    process = start([sys.executable, "-c", f"import os, sys\n{code}", found_in], bounds, fence)
    out, messages = process.communicate(timeout=60)
    assert b"Permission denied" in out, messages.decode()


def test_a_confined_program_ends_with_who_started_it(fence: Fence, tmp_path: Path) -> None:
    process = start([sys.executable, "-I", "-S", "-c", "import time; print(1, flush=True); time.sleep(60)"],
                    bounds_in(tmp_path / "own"), fence)  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"1\n"
    process.kill()
    assert process.stdout.read() == b""
    process.communicate(timeout=60)
