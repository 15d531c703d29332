"""The seam between a built site and the places where it can go."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services.publisher.site.deploying.manifest import Changes


@dataclass(frozen=True)
class Deployed:
    """A site that is where it should be; `address` is where people find it, empty where that is not known."""

    where: str
    address: str
    changes: Changes


class Deployer(Protocol):
    """One destination. Both raise TemporaryFailure where it may work later, PermanentFailure and SettingsError else.

    A deploy that fails leaves what is published as it was; one that was killed is finished by the next. The same site
    twice changes nothing.
    """

    @property
    def where(self) -> str:
        """The destination in words."""

    def plan(self, site: Path) -> Changes:
        """What a deploy would do; changes nothing at the destination."""

    def deploy(self, site: Path) -> Deployed:
        """Put a folder of static files there. Files that somebody else put there stay."""
