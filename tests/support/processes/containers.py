"""A compose file without an engine: each container is a network namespace and a bubblewrap sandbox. Needs root.

What a container is given here is what the file says: command, variables, volumes, a read-only root, no capabilities.
The root is this machine's, with the code of this repository.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from shared.service.child_processes import die_with_parent
from tests.support.checks.manifests import ROOT, Manifest

CODE = "/code"
_OF_ETC = ("passwd", "group", "nsswitch.conf", "ld.so.cache", "ssl/certs/ca-certificates.crt")
_PYTHON = Path(sys.prefix).resolve()
_OF_ROOT = ("/usr", "/sys", str(_PYTHON), sys.base_prefix)
_ENVIRONMENT = {
    "PATH": f"{_PYTHON / 'bin'}:/usr/bin:/bin",
    "PYTHONPATH": CODE,
    "PYTHONUNBUFFERED": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt",
}


def needs() -> str:
    """What is missing for it on this machine; empty where nothing is."""
    if os.geteuid() != 0:
        return "only root may make network namespaces"
    missing = [program for program in ("ip", "bwrap") if shutil.which(program) is None]
    if missing:
        return f"{' and '.join(missing)} is not installed"
    done = subprocess.run(["ip", "netns", "add", "papersys-try"], capture_output=True, check=False)
    subprocess.run(["ip", "netns", "delete", "papersys-try"], capture_output=True, check=False)
    return "" if done.returncode == 0 else "network namespaces cannot be made here"


@dataclass
class Container:
    """A service of the file; `command` runs in its sandbox."""

    name: str
    address: str
    number: int
    service: Manifest
    folder: Path
    command: list[str]
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def namespace(self) -> str:
        return f"papersys-{os.getpid()}-{self.name}"

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.in_sandbox(self.command),
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """As `docker compose exec`."""
        return subprocess.run(self.in_sandbox(list(words)), capture_output=True, text=True, check=False)

    def signal(self, number: signal.Signals) -> None:
        """To the program itself, as an engine does."""
        (program,) = psutil.Process(self.process.pid).children()
        program.send_signal(number)

    def in_sandbox(self, command: list[str]) -> list[str]:
        options = ["--die-with-parent", "--new-session", "--unshare-user", "--uid", "1000", "--gid", "1000"]
        options += ["--unshare-ipc", "--unshare-uts", "--hostname", self.name, "--cap-drop", "ALL", "--clearenv"]
        for target in self.service.get("tmpfs", []):
            options += ["--tmpfs", target]
        for path in dict.fromkeys(_OF_ROOT):
            options += ["--ro-bind-try", path, path]
        for link in ("bin", "sbin", "lib", "lib64"):
            options += ["--symlink", f"usr/{link}", f"/{link}"]
        options += ["--proc", "/proc", "--dev", "/dev", "--ro-bind", str(ROOT), CODE]
        for volume in self._volumes("volume"):
            source = self.folder / "volumes" / volume["source"]
            source.mkdir(parents=True, exist_ok=True)
            options += ["--bind", str(source), volume["target"]]
        options += ["--ro-bind", str(self.folder / f"{self.name}.etc"), "/etc"]
        environment = {**_ENVIRONMENT, **(self.service.get("environment") or {})}
        for name, value in environment.items():
            options += ["--setenv", name, str(value)]
        assert self.service["read_only"]
        options += ["--remount-ro", "/", "--chdir", "/tmp"]
        return ["ip", "netns", "exec", self.namespace, "bwrap", *options, "--", *command]

    def _volumes(self, kind: str) -> list[Manifest]:
        return [volume for volume in self.service.get("volumes", []) if volume["type"] == kind]

    def write_etc(self, hosts: Mapping[str, str]) -> None:
        """What stands in /etc: this machine's accounts and certificates, the names of the others, files of the file."""
        etc = self.folder / f"{self.name}.etc"
        files = {Path("/etc", name): etc / name for name in _OF_ETC}
        files |= {Path(v["source"]): etc / Path(v["target"]).relative_to("/etc") for v in self._volumes("bind")}
        for source, target in files.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
        lines = ["127.0.0.1 localhost", *(f"{address} {name}" for name, address in hosts.items())]
        (etc / "hosts").write_text("\n".join(lines) + "\n")


@contextmanager
def network(containers: list[Container]) -> Iterator[dict[str, str]]:
    """One network for all of them; yields addresses by name."""
    bridge = f"papersys-{os.getpid()}"
    _ip("netns", "add", bridge)
    try:
        _ip("-n", bridge, "link", "add", "br0", "type", "bridge")
        _ip("-n", bridge, "link", "set", "br0", "up")
        for one in containers:
            _join(one, bridge)
        yield {one.name: one.address for one in containers}
    finally:
        for namespace in (*(one.namespace for one in containers), bridge):
            subprocess.run(["ip", "netns", "delete", namespace], capture_output=True, check=False)


def _join(container: Container, bridge: str) -> None:
    inner, outer = f"pi{container.number}", f"po{container.number}"
    _ip("netns", "add", container.namespace)
    _ip("-n", bridge, "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", container.namespace)
    _ip("-n", bridge, "link", "set", outer, "master", "br0", "up")
    _ip("-n", container.namespace, "address", "add", f"{container.address}/24", "dev", inner)
    for device in (inner, "lo"):
        _ip("-n", container.namespace, "link", "set", device, "up")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
