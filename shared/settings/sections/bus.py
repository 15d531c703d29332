"""The section `bus`: the NATS server that papersys starts, or a server or cluster of somebody else."""

import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from shared.errors import SettingsError
from shared.hosts.addresses import reachable
from shared.settings.secret_files import read_secret
from shared.settings.section import Section


class BusSettings(Section):
    host: str = Field("127.0.0.1", description="address of the embedded NATS server")
    port: int = Field(4222, ge=1, le=65535, description="port of the embedded NATS server")
    external_url: str | None = Field(
        None, description="use this NATS server instead of starting one; of a cluster, the servers with commas between"
    )
    replicas: int = Field(1, ge=1, le=5, description="servers of a cluster that keep each stream: 3 survives one's end")
    tls_ca: Path | None = Field(None, description="certificate of the authority that signed the NATS server's own")
    tls_certificate: Path | None = Field(None, description="certificate that this side shows to the NATS server")
    tls_key_file: Path | None = Field(None, description="file with the key of `bus.tls_certificate`")
    user: str = Field("papersys", description="user name at the NATS server")
    password: SecretStr | None = Field(None, description="secret; made at first start for the embedded server")
    password_file: Path | None = Field(None, description="file with the password; the launcher sets it")
    ack_wait_seconds: float = Field(20.0, gt=0.5, description="silence after which a message is delivered again")
    retry_delays_seconds: tuple[float, ...] = Field(
        (1, 2, 5, 10, 30, 60, 120, 300, 600), description="waits between attempts; one more attempt than waits"
    )
    stop_seconds: float = Field(8.0, gt=0, description="how long handlers may finish at stop")

    @model_validator(mode="before")
    @classmethod
    def _take_password_out_of_url(cls, values: Any) -> Any:
        """So that the address can be shown: user and password of `external_url` become settings of their own."""
        url = values.get("external_url") if isinstance(values, dict) else None
        if not isinstance(url, str):
            return values
        bare, user, password = _addresses_and_login(url)
        if password is None:
            return {**values, "external_url": bare}
        return {"user": user, "password": password, **values, "external_url": bare}

    @model_validator(mode="after")
    def _check_parts(self) -> "BusSettings":
        if self.replicas % 2 == 0:
            raise ValueError("bus.replicas should be 1, 3 or 5: an even number survives no more than one less")
        if self.replicas > 1 and self.external_url is None:
            raise ValueError("bus.replicas wants a NATS cluster; name its servers in bus.external_url")
        if (self.tls_certificate is None) != (self.tls_key_file is None):
            raise ValueError("bus.tls_certificate and bus.tls_key_file go together")
        return self

    @property
    def url(self) -> str:
        """The address, or several with commas between, as it is shown."""
        return self.external_url or f"nats://{reachable(self.host)}:{self.port}"

    @property
    def servers(self) -> tuple[str, ...]:
        """The address of each server."""
        return tuple(self.url.split(","))

    def credentials(self) -> tuple[str | None, str | None]:
        """User and password; both None where no password is known. Raises SettingsError."""
        if self.password is not None:
            return self.user, self.password.get_secret_value()
        if self.password_file is not None and self.password_file.exists():
            return self.user, read_secret(self.password_file, "bus.password_file")
        return None, None

    def tls(self) -> ssl.SSLContext | None:
        """How the servers prove who they are, and we to them; None where nothing asks for TLS. Raises SettingsError."""
        if self.tls_ca is None and self.tls_certificate is None and "tls://" not in self.url:
            return None
        try:
            context = ssl.create_default_context(cafile=self.tls_ca)
            if self.tls_certificate is not None:
                context.load_cert_chain(self.tls_certificate, self.tls_key_file)
        except OSError as error:
            raise SettingsError(
                f"bus.tls_ca, bus.tls_certificate or bus.tls_key_file cannot be used: {error}"
            ) from None
        return context


def _addresses_and_login(urls: str) -> tuple[str, str | None, str | None]:
    """Addresses without user and password, and the first of these. Raises ValueError that repeats none of it."""
    parts = [_address_and_login(url.strip()) for url in urls.split(",")]
    user, password = next(((user, password) for _, user, password in parts if password is not None), (None, None))
    return ",".join(address for address, _, _ in parts), user, password


def _address_and_login(url: str) -> tuple[str, str | None, str | None]:
    try:
        parts = urlsplit(url if "://" in url else f"nats://{url}")
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host:
        raise ValueError(
            "this is not the address of a NATS server; write nats://host:4222, and a password with special characters "
            "as PAPERSYS_BUS__PASSWORD"
        ) from None
    if parts.password is None:
        return url, None, None
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), parts.username, parts.password
