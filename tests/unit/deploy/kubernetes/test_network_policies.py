"""The pods of deploy/kubernetes reach what they need, and nothing else."""

import pytest

from shared.settings.settings import SERVICES, HttpSettings
from tests.support.checks.manifests import of_kind, pods
from tests.support.checks.network_policies import Peer, lets_through

pytestmark = pytest.mark.xdist_group("manifests")

OVERLAY = "overlays/production"
SOMEBODY, KEDA = Peer({"app": "other"}, "default"), Peer({}, "keda")
INGRESS, MONITORING = Peer({}, "ingress-nginx"), Peer({}, "monitoring")
ARXIV, CLOUD_KEYS, HOME = (Peer(address=address) for address in ("151.101.3.42", "169.254.169.254", "192.168.1.1"))
HEALTH = {service: HttpSettings().port_of(service) for service in SERVICES}


def pod(name: str) -> Peer:
    (labels,) = {
        tuple(sorted(template["metadata"]["labels"].items()))
        for workload, template in pods(OVERLAY)
        if template["metadata"]["labels"]["app.kubernetes.io/name"] == name
    }
    return Peer(dict(labels))


def can(source: Peer, target: Peer, port: int) -> bool:
    return lets_through(list(of_kind(OVERLAY, "NetworkPolicy").values()), source, target, port)


@pytest.mark.parametrize("service", [*SERVICES, "backup"])
def test_services_reach_the_bus_and_each_others_health(service: str) -> None:
    assert can(pod(service), pod("nats"), 4222)
    assert all(can(pod(service), pod(other), port) for other, port in HEALTH.items())
    assert all(can(MONITORING, pod(other), port) for other, port in HEALTH.items())


def test_nats_servers_reach_each_other_and_nobody_else_does() -> None:
    assert can(pod("nats"), pod("nats"), 6222)
    assert not any(can(other, pod("nats"), 6222) for other in (pod("ranker"), SOMEBODY, KEDA))
    assert not can(SOMEBODY, pod("nats"), 4222)


def test_keda_sees_the_queues_and_only_services_see_qdrant() -> None:
    assert can(KEDA, pod("nats"), 8222)
    assert not can(SOMEBODY, pod("nats"), 8222)
    assert can(pod("summarizer"), pod("qdrant"), 6333)
    assert not can(SOMEBODY, pod("qdrant"), 6333)


def test_the_reader_is_open_to_the_cluster_and_health_is_not() -> None:
    assert can(INGRESS, pod("publisher"), 8080)
    assert not can(INGRESS, pod("publisher"), HEALTH["publisher"])


@pytest.mark.parametrize("name", ["fetcher", "summarizer", "publisher", "feedback", "backup"])
def test_some_reach_the_internet_but_neither_the_clouds_keys_nor_private_networks(name: str) -> None:
    assert can(pod(name), ARXIV, 443)
    assert not any(can(pod(name), address, 80) for address in (CLOUD_KEYS, HOME))


@pytest.mark.parametrize("name", ["embedder", "ranker", "nats", "qdrant"])
def test_the_others_do_not(name: str) -> None:
    assert not can(pod(name), ARXIV, 443)
