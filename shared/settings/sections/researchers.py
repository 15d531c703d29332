"""Other researchers: programs that answer questions over MCP, by a command here or at an address."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator

from shared.settings.secret_files import read_secret
from shared.settings.section import Section


class ResearcherSettings(Section):
    command: tuple[str, ...] = Field(
        (), description="program that speaks MCP, with its arguments, started for a question"
    )
    url: str = Field("", description="address of a server that speaks MCP, instead of a program")
    token: SecretStr | None = Field(None, description="token that the address wants")
    token_file: Path | None = Field(None, description="file with the token")
    tool: str = Field("research", description="its tool that answers questions")
    seconds: float = Field(180.0, gt=0, le=3600, description="how long an answer may take")

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if bool(self.command) == bool(self.url):
            raise ValueError("a researcher has either a command or a url")
        if self.url and not self.url.startswith(("http://", "https://")):
            raise ValueError("the url of a researcher begins with http:// or https://")
        return self

    def known_token(self, name: str) -> str | None:
        """The token to send; None where there is none. Raises SettingsError."""
        if self.token is not None:
            return self.token.get_secret_value().strip()
        return read_secret(self.token_file, f"researchers.{name}.token_file") if self.token_file else None
