"""Settings of the publisher: where the reader listens and who may read."""

from pathlib import Path

from pydantic import Field, SecretStr

from services.publisher.site.deploying.settings import DeploySettings
from services.publisher.site.settings import GiscusSettings, SiteSettings
from shared.errors import SettingsError
from shared.hosts.addresses import is_loopback
from shared.settings.secret_files import read_secret
from shared.settings.sections.feedback import FeedbackSettings
from shared.settings.sections.sync import SyncSettings
from shared.settings.sections.webhooks import Webhooks
from shared.settings.sections.zotero import ZoteroLibraries
from shared.settings.settings import CommonSettings, Section

_MIN_TOKEN_LENGTH = 16


class McpSettings(Section):
    enabled: bool = Field(True, description="answer agents at /mcp on the reader's port, with the reader's token")
    read_only: bool = Field(
        False, description="agents rate nothing, add nothing to the reading list, and spend no money on questions"
    )


class PublisherSettings(Section):
    host: str = Field("127.0.0.1", description="address of the reader; any but loopback needs a token")
    port: int = Field(8080, ge=1, le=65535, description="port of the reader")
    token: SecretStr | None = Field(None, description="secret that opens the reader, at least 16 characters")
    token_file: Path | None = Field(None, description="file with the token")
    allowed_hosts: tuple[str, ...] = Field(
        (), description="names by which the reader may be called, besides localhost and bare IP addresses"
    )
    session_days: float = Field(30.0, gt=0, description="how long a browser stays logged in")
    trusted_proxies: tuple[str, ...] = Field(
        (), description="addresses of reverse proxies whose word on the client's address and on HTTPS is taken"
    )
    deploy: DeploySettings = DeploySettings()
    site: SiteSettings = SiteSettings()
    giscus: GiscusSettings = GiscusSettings()
    mcp: McpSettings = McpSettings()

    def known_token(self) -> str | None:
        """The token in force; None on loopback without one. Raises SettingsError where one is needed."""
        token = self._configured_token()
        if token is not None and len(token) < _MIN_TOKEN_LENGTH:
            raise SettingsError(
                f"The reader's token has {len(token)} characters; give one of at least {_MIN_TOKEN_LENGTH} "
                "(PAPERSYS_PUBLISHER__TOKEN or the file publisher.token_file)."
            )
        if token is None and not is_loopback(self.host):
            raise SettingsError(
                f"publisher.host is {self.host}, which others can reach, so the reader needs a token: set "
                "PAPERSYS_PUBLISHER__TOKEN or publisher.token_file, or set publisher.host to 127.0.0.1."
            )
        return token

    def _configured_token(self) -> str | None:
        if self.token is not None:
            return self.token.get_secret_value().strip()
        return read_secret(self.token_file, "publisher.token_file") if self.token_file else None


class Settings(CommonSettings):
    publisher: PublisherSettings = PublisherSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    sync: SyncSettings = SyncSettings()
    webhooks: Webhooks = Field(default_factory=dict)
    zotero: ZoteroLibraries = Field(default_factory=dict)

    @property
    def comments(self) -> GiscusSettings:
        """Comments on the site, in the repository that reactions are read from unless it has its own.

        Raises SettingsError.
        """
        return self.publisher.giscus.with_names(self.giscus.repo, self.giscus.category)
