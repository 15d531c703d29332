"""The section `bus`: one server or a cluster, with passwords and certificates kept apart from the address."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from shared.errors import SettingsError
from shared.settings.settings import BusSettings, HttpSettings


def test_a_cluster_is_named_by_the_addresses_of_its_servers() -> None:
    bus = BusSettings(external_url="nats://a:4222, nats://b:4222,nats://c:4222", replicas=3)
    assert bus.servers == ("nats://a:4222", "nats://b:4222", "nats://c:4222")
    assert bus.url == "nats://a:4222,nats://b:4222,nats://c:4222"
    assert BusSettings(port=5000).servers == ("nats://127.0.0.1:5000",)


def test_the_password_leaves_every_address_of_a_cluster() -> None:
    bus = BusSettings(external_url="nats://me:hunter2@a:4222,nats://me:hunter2@b:4222")
    assert (bus.url, bus.credentials()) == ("nats://a:4222,nats://b:4222", ("me", "hunter2"))
    told = BusSettings(external_url="nats://me:old@a,nats://me:old@b", password=SecretStr("new"))
    assert (told.servers, told.credentials()) == (("nats://a", "nats://b"), ("me", "new"))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"replicas": 3}, "bus.replicas wants a NATS cluster"),
        ({"external_url": "nats://a,"}, "not the address of a NATS server"),
        ({"external_url": "nats://a", "tls_certificate": "a.pem"}, "go together"),
        ({"external_url": "nats://a", "replicas": 2}, "should be 1, 3 or 5"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        BusSettings.model_validate(given)


def test_tls_is_asked_for_by_a_certificate_or_by_the_address(tmp_path: Path) -> None:
    assert BusSettings(external_url="nats://a").tls() is None
    assert BusSettings(external_url="nats://a,tls://b").tls() is not None
    with pytest.raises(SettingsError, match=r"bus\.tls_ca"):
        BusSettings(external_url="nats://a", tls_ca=tmp_path / "nowhere.pem").tls()


def test_services_on_hosts_of_their_own_are_asked_there() -> None:
    assert HttpSettings(host="0.0.0.0").address_of("embedder") == "http://127.0.0.1:8102"
    assert HttpSettings(service_host="papersys-{service}").address_of("ranker") == "http://papersys-ranker:8103"
