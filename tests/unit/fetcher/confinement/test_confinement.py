# ruff: noqa: E501 (a source stands in one line)
"""Fences around converters, tried with programs that want out, and with a real LaTeXML and pandoc."""

import json
import os
import socket
import sys
from pathlib import Path

import pytest

from services.fetcher.confinement import bubblewrap, fences, landlock, seccomp
from services.fetcher.confinement.bounds import Bounds, python_paths, show_code
from services.fetcher.confinement.fence_check import holds
from services.fetcher.confinement.launching import Fence, start
from services.fetcher.documents.engines import latexml, pandoc
from tests.support.confinement import SECRET

pytestmark = pytest.mark.attack

ATTEMPTS = {
    "a file outside": "open(sys.argv[1]).read()",
    "the environment of another process": "open(f'/proc/{sys.argv[2]}/environ').read()",
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
    ("code", "changes", "said"),
    [
        ("bytearray(2_000_000_000)", {}, "MemoryError"),
        ("open('large', 'wb').write(bytes(3_000_000))", {"file_mb": 1}, "File too large"),
        ("while True: pass", {"seconds": 0}, ""),
        ("files = [open('/dev/null') for _ in range(600)]", {}, "Too many open files"),
    ],
)
def test_what_a_program_takes_is_limited(
    code: str, changes: dict[str, int], said: str, fence: Fence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.fetcher.confinement.bounds._CPU_GRACE_SECONDS", 0)
    ended, _, messages = python(code, bounds_in(tmp_path / "own", **changes), fence)
    assert ended != 0
    assert said in messages


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
    process.communicate(timeout=20)


# -- which fence


@pytest.fixture
def chosen_anew(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    fences.available_fence.cache_clear()
    monkeypatch.delenv("CONFINED_BY", raising=False)
    return monkeypatch


@pytest.mark.skipif(not landlock.is_usable(), reason="this kernel has no Landlock")
def test_without_bubblewrap_landlock_is_the_fence(chosen_anew: pytest.MonkeyPatch) -> None:
    chosen_anew.setattr(bubblewrap, "is_installed", lambda: False)
    assert fences.available_fence() == "landlock"
    assert fences.unconfined_note() is None


@pytest.mark.skipif(not landlock.is_usable(), reason="this kernel has no Landlock")
def test_a_bubblewrap_that_may_not_make_namespaces_is_not_the_fence(
    chosen_anew: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    chosen_anew.setattr(bubblewrap, "PROGRAM", str(broken))
    assert fences.available_fence() == "landlock"


def test_a_bubblewrap_that_only_pretends_does_not_hold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    liar = tmp_path / "bwrap"
    liar.write_text('#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n')
    liar.chmod(0o755)
    monkeypatch.setattr(bubblewrap, "PROGRAM", str(liar))
    assert not holds("bubblewrap")


def test_where_nothing_confines_latexml_is_not_used_and_a_note_says_so(chosen_anew: pytest.MonkeyPatch) -> None:
    chosen_anew.setattr(bubblewrap, "is_installed", lambda: False)
    chosen_anew.setattr(landlock, "is_usable", lambda: False)
    assert fences.available_fence() is None
    assert "LaTeXML and marker are not used" in (fences.unconfined_note() or "")
    assert not latexml.is_usable()
    assert latexml.page_of("x", seconds=5, memory_mb=500) == "LaTeXML cannot be confined here"
    assert pandoc.to_markdown("A word", "latex", seconds=10, memory_mb=1_000).markdown == "A word\n"
    fences.available_fence.cache_clear()


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_of_system_calls_refuses_sockets_and_lets_others_go(machine: str) -> None:
    """Read as the kernel reads it: a tiny interpreter of the four instructions that are used."""
    architecture, number = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}[machine]
    assert decided(seccomp.instructions(machine), number, architecture) >> 16 == 5
    assert decided(seccomp.instructions(machine), 425, architecture) >> 16 == 5
    assert decided(seccomp.instructions(machine), 0, architecture) == 0x7FFF0000
    assert decided(seccomp.instructions(machine), 63, architecture) == 0x7FFF0000
    assert decided(seccomp.instructions(machine), 0x40000000 + number, architecture) >> 16 == 5
    assert decided(seccomp.instructions(machine), number, 0x40000003) == 0x80000000


def decided(code: bytes, number: int, architecture: int) -> int:
    steps = [
        (int.from_bytes(code[at : at + 2], sys.byteorder), code[at + 2], code[at + 3],
         int.from_bytes(code[at + 4 : at + 8], sys.byteorder))
        for at in range(0, len(code), 8)
    ]  # fmt: skip
    at = loaded = 0
    while True:
        kind, if_true, if_false, value = steps[at]
        at += 1
        if kind == 0x20:
            loaded = {0: number, 4: architecture}[value]
        elif kind == 0x06:
            return value
        else:
            at += if_true if (loaded == value if kind == 0x15 else loaded >= value) else if_false
