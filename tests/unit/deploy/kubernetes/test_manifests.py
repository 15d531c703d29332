"""What lies in deploy/kubernetes is what Kubernetes and KEDA take, and names what the code has."""

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import kubernetes_validate
import pytest
from cloudcoil.models.keda.v1alpha1 import ScaledObject
from typer.testing import CliRunner

from deploy.cli import app
from deploy.configuration import LauncherSettings, mistyped_settings, system_settings_class
from services.publisher.settings import PublisherSettings
from shared.bus.streams import CONSUMERS
from shared.contracts import STREAM
from shared.settings.settings import SERVICES, BusSettings, load_settings
from tests.support.checks.manifests import OVERLAYS, ROOT, Manifest, containers, of_kind, pods, rendered

pytestmark = pytest.mark.xdist_group("manifests")  # what kubectl makes of them is made once

KUBERNETES_VERSION = "1.37"
ALONE = ("fetcher", "ranker", "feedback")
"""Services of which one process works at a time, while others stand by."""


@pytest.fixture(autouse=True)
def _schemas_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubernetes_validate.utils.schema_contents", _SCHEMAS)


_SCHEMAS = cache(kubernetes_validate.utils.schema_contents)


def settings_of(overlay: str, folder: Path, environment: dict[str, str] | None = None) -> Any:
    (text,) = [
        item["data"]["papersys.toml"] for name, item in of_kind(overlay, "ConfigMap").items() if "settings" in name
    ]
    (folder / "papersys.toml").write_text(text)
    return load_settings(system_settings_class(), folder / "papersys.toml", environment or {})


def environment_of(container: Manifest) -> dict[str, str]:
    """Its variables; secrets have a text that may be one."""
    return {entry["name"]: entry.get("value", "s" * 24) for entry in container.get("env", [])}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_kubernetes_and_keda_take_every_object(overlay: str) -> None:
    for item in rendered(overlay):
        if item["kind"] == "ScaledObject":
            known = ScaledObject.model_validate(item).model_dump(mode="json", by_alias=True, exclude_unset=True)
            assert known == item, "a field that KEDA does not have"
        else:
            kubernetes_validate.validate(item, KUBERNETES_VERSION, strict=True)


def test_a_field_that_kubernetes_does_not_have_is_found() -> None:
    (item,) = [item for item in rendered("base") if item["kind"] == "Namespace"]
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**item, "speck": {}}, KUBERNETES_VERSION, strict=True)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_pods_have_no_rights_and_say_what_they_need(overlay: str) -> None:
    for name, pod in pods(overlay):
        spec = pod["spec"]
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["enableServiceLinks"] is False, f"{name}: variables of Services would be taken for settings"
        for container in containers(pod):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, name
            assert set(container["resources"]["requests"]) == {"cpu", "memory"}, name
            assert "memory" in container["resources"]["limits"], name
            mounted = {mount["name"] for mount in container["volumeMounts"]}
            assert mounted <= {volume["name"] for volume in spec.get("volumes", [])} | _claims(overlay, name), name


def _claims(overlay: str, workload: str) -> set[str]:
    kind, name = workload.split()
    claims = of_kind(overlay, kind)[name]["spec"].get("volumeClaimTemplates", [])
    return {claim["metadata"]["name"] for claim in claims}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_service_runs_at_its_port_by_a_command_that_there_is(overlay: str, tmp_path: Path) -> None:
    http, deployments = settings_of(overlay, tmp_path).http, of_kind(overlay, "Deployment")
    assert set(deployments) == set(SERVICES)
    for name, deployment in deployments.items():
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        assert container["command"] == ["papersys", "service", name, "--prepare"]
        assert {"name": "health", "containerPort": http.port_of(name)} in container["ports"]
    (publisher,) = containers(deployments["publisher"]["spec"]["template"])
    assert {"name": "reader", "containerPort": PublisherSettings().port} in publisher["ports"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_probes_ask_pages_that_there_are_and_give_as_long_as_the_launcher_does(overlay: str) -> None:
    patience = LauncherSettings()
    for deployment in of_kind(overlay, "Deployment").values():
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        ports = {port["name"] for port in container["ports"]}
        for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
            asked = container[kind]["httpGet"]
            assert asked["port"] in ports
            is_readiness = (kind, asked["port"]) == ("readinessProbe", "health")
            assert asked["path"] == ("/health/ready" if is_readiness else "/health/live")
        starting, living = container["startupProbe"], container["livenessProbe"]
        assert starting["periodSeconds"] * starting["failureThreshold"] >= patience.start_seconds
        assert living["periodSeconds"] * living["failureThreshold"] >= patience.hang_seconds
        grace = deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
        assert grace > BusSettings().stop_seconds + 10


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_settings_and_variables_are_those_that_papersys_has(overlay: str, tmp_path: Path) -> None:
    for name, pod in pods(overlay):
        for container in containers(pod):
            if container["name"] in ("service", "backup"):
                variables = environment_of(container)
                assert mistyped_settings(variables) == [], name
                settings_of(overlay, tmp_path, variables)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_settings_name_is_a_service_of_the_cluster(overlay: str, tmp_path: Path) -> None:
    settings, services = settings_of(overlay, tmp_path), of_kind(overlay, "Service")
    addresses = [*settings.bus.external_url.split(","), settings.summarizer.qdrant_url]
    addresses += [settings.http.address_of(service) for service in SERVICES]
    for address in map(urlsplit, addresses):
        service = services[(address.hostname or "").split(".")[-1]]
        assert address.port in {port["port"] for port in service["spec"]["ports"]}
    (claim,) = of_kind(overlay, "PersistentVolumeClaim")
    mount = Path(next(m["mountPath"] for m in _mounts(overlay, "fetcher") if m["name"] == claim))
    assert settings.data.path.parent == mount, "a migration lays its copy beside the data folder"


def _mounts(overlay: str, deployment: str) -> list[Manifest]:
    (container,) = of_kind(overlay, "Deployment")[deployment]["spec"]["template"]["spec"]["containers"]
    mounts: list[Manifest] = container["volumeMounts"]
    return mounts


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_commands_are_those_of_papersys(overlay: str) -> None:
    used = {tuple(container.get("command", ())) for _, pod in pods(overlay) for container in containers(pod)}
    assert ("papersys", "service", "fetcher", "--prepare") in used
    for program, *words in filter(None, used):
        if program == "papersys":
            assert CliRunner().invoke(app, [*words, "--help"]).exit_code == 0, words


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_one_writes_a_dataset_and_streams_outlive_a_server(overlay: str, tmp_path: Path) -> None:
    settings = settings_of(overlay, tmp_path)
    assert settings.data.locks == "leases", "a lock file does not hold over a network folder"
    assert settings.bus.replicas == of_kind(overlay, "StatefulSet")["nats"]["spec"]["replicas"] == 3
    standing_by = 1 if overlay == "overlays/production" else 0
    assert {of_kind(overlay, "Deployment")[name]["spec"]["replicas"] for name in ALONE} == {1 + standing_by}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_disruption_budget_lets_machines_be_emptied(overlay: str) -> None:
    labels = [pod["metadata"]["labels"].items() for _, pod in pods(overlay)]
    for budget in of_kind(overlay, "PodDisruptionBudget").values():
        assert budget["spec"]["maxUnavailable"] >= 1
        assert any(budget["spec"]["selector"]["matchLabels"].items() <= of_pod for of_pod in labels)


def test_scaling_looks_at_consumers_that_the_code_makes() -> None:
    (namespace,) = of_kind("overlays/production", "Namespace")
    consumers = {consumer.durable: consumer for consumer in CONSUMERS}
    scaled = of_kind("overlays/production", "ScaledObject")
    assert set(scaled) == {"embedder", "summarizer"}
    for name, item in scaled.items():
        assert item["spec"]["scaleTargetRef"]["name"] == name
        assert "replicas" not in of_kind("overlays/production", "Deployment")[name]["spec"]
        (trigger,) = item["spec"]["triggers"]
        looks_at = trigger["metadata"]
        consumer = consumers[looks_at["consumer"]]
        assert (trigger["type"], looks_at["stream"], looks_at["account"]) == ("nats-jetstream", STREAM, "$G")
        assert (consumer.service, str(consumer.batch)) == (name, looks_at["lagThreshold"])
        host, _, port = looks_at["natsServerMonitoringEndpoint"].partition(":")
        service = of_kind("overlays/production", "Service")[host.split(".")[0]]
        assert host == f"{service['metadata']['name']}.{namespace}.svc.cluster.local"
        assert {"name": "monitor", "port": int(port)} in service["spec"]["ports"]


def test_prometheus_finds_the_pods_and_their_ports() -> None:
    """The names that `deploy/monitoring/prometheus-kubernetes.yml` looks for."""
    for item in of_kind("base", "Deployment").values():
        pod = item["spec"]["template"]
        assert pod["metadata"]["annotations"] == {"prometheus.io/scrape": "true"}
        assert pod["metadata"]["labels"]["app.kubernetes.io/name"] in SERVICES
        assert "health" in {port["name"] for port in pod["spec"]["containers"][0]["ports"]}


def test_the_reader_answers_under_the_name_of_its_ingress(tmp_path: Path) -> None:
    ingress, settings = of_kind("overlays/production", "Ingress")["reader"]["spec"], settings_of(OVERLAYS[1], tmp_path)
    (name,) = [rule["host"] for rule in ingress["rules"]]
    assert name in settings.publisher.allowed_hosts
    assert ingress["tls"][0]["hosts"] == [name]
    assert settings.digest.reader_address == f"https://{name}"
    backend = ingress["rules"][0]["http"]["paths"][0]["backend"]["service"]
    service = of_kind("overlays/production", "Service")[backend["name"]]
    assert backend["port"]["name"] in {port["name"] for port in service["spec"]["ports"]}


def test_every_secret_that_a_pod_needs_is_told_how_to_make() -> None:
    guide = (ROOT / "docs" / "cluster.md").read_text("utf-8")
    for _, pod in pods("overlays/production"):
        for container in containers(pod):
            for entry in container.get("env", []):
                key = entry.get("valueFrom", {}).get("secretKeyRef")
                assert key is None or f"--from-literal={key['key']}=" in guide
            for source in container.get("envFrom", []):
                assert source["secretRef"]["name"] in guide
