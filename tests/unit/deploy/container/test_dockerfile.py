"""The Dockerfile by hadolint, and what the manifests rely on of it; no image is built."""

import subprocess
import sys
from pathlib import Path

from tests.support.checks.manifests import OVERLAYS, ROOT, pods

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
LEFT_ALONE = {
    "DL3008": "which versions Debian has is the base image's affair",
    "DL3059": "layers of their own are built again less often",
}


def test_hadolint_has_nothing_to_say() -> None:
    ignored = [word for rule in LEFT_ALONE for word in ("--ignore", rule)]
    program = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([program, "--no-color", *ignored, ROOT / "Dockerfile"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stdout


def test_the_image_runs_as_the_user_of_the_manifests() -> None:
    (user,) = [line.split()[1] for line in DOCKERFILE.splitlines() if line.startswith("USER ")]
    assert f"--uid {user.split(':')[0]} " in DOCKERFILE
    for overlay in OVERLAYS:
        for name, pod in pods(overlay):
            security = pod["spec"]["securityContext"]
            assert f"{security['runAsUser']}:{security['runAsGroup']}" == user, name
            assert security["fsGroup"] == security["runAsGroup"], name


def test_what_the_manifests_call_is_on_the_path_of_the_image() -> None:
    assert "ENV PATH=/opt/papersys/bin:$PATH" in DOCKERFILE
    assert 'ENTRYPOINT ["papersys"]' in DOCKERFILE


def test_secrets_of_compose_stay_out_of_the_image() -> None:
    left_out = set((ROOT / ".dockerignore").read_text("utf-8").split())
    assert {"deploy/compose/.env", "deploy/compose/secrets.env"} <= left_out
