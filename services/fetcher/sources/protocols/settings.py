"""`[fetcher.sources.NAME]`: other preprint servers to harvest, one table for each."""

import re
from datetime import date
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from shared.hosts.addresses import is_loopback
from shared.preprints import LABELS, NAME, RESERVED
from shared.settings.section import Section
from shared.settings.sections.contact import checked_contact

_API = "https://api.biorxiv.org"
_SET = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(?::[A-Za-z0-9\-_.!~*'()]+)*", re.ASCII)
_CATEGORY = re.compile(r"[a-z][a-z &/-]{2,58}", re.ASCII)


def checked_address(text: str) -> str:
    """An address without credentials, encrypted where it leaves this machine, or nothing. Raises ValueError."""
    parts = urlsplit(text)
    if not text:
        return text
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or not text.isprintable():
        raise ValueError(f"{text[:100]!r} is no address; addresses look like https://api.example.org/oai")
    if parts.query or parts.fragment:
        raise ValueError(f"{text[:100]!r} has more than an address: leave out what follows ? or #")
    if parts.scheme == "http" and not is_loopback(parts.hostname) and "." not in parts.hostname:
        raise ValueError(f"{text[:100]!r} names a machine without a domain")
    return text.rstrip("/")


def source_name(name: str) -> str:
    """A name that begins the ids of the server's papers. Raises ValueError."""
    if not re.fullmatch(NAME, name) or name in RESERVED - LABELS.keys():
        raise ValueError(
            f"{name!r} cannot name a server; use 2 to 20 small letters and digits, and none of "
            f"{', '.join(sorted(RESERVED - LABELS.keys()))}"
        )
    return name


class SourceSettings(Section):
    """bioRxiv and medRxiv are known by their names; a repository needs the address of its OAI-PMH interface."""

    kind: Literal["biorxiv", "medrxiv", "oai"] = Field(description="what is asked: biorxiv, medrxiv, oai")
    address: Annotated[str, AfterValidator(checked_address)] = Field(
        "", description="where it is asked; of a repository its OAI-PMH address; empty: api.biorxiv.org"
    )
    site: Annotated[str, AfterValidator(checked_address)] = Field(
        "", description="of bioRxiv and medRxiv, where PDFs come from; empty: their own site"
    )
    categories: tuple[str, ...] = Field(
        (), max_length=40, description="subjects of bioRxiv or medRxiv, such as neuroscience; empty: all"
    )
    sets: tuple[str, ...] = Field((), max_length=40, description="OAI-PMH sets of a repository; empty: all of it")
    start: date | None = Field(None, description="first day to harvest; none: 7 days before the first harvest")
    every_hours: float = Field(24.0, gt=0, description="how often it is harvested")
    pace_seconds: float = Field(3.0, ge=0, description="least time between two requests, over all processes")
    contact: Annotated[str, AfterValidator(checked_contact)] = Field(
        "", description="told to the server with every request; empty: fetcher.contact"
    )
    full_text: bool = Field(True, description="read the PDF of picked papers; false: their abstracts alone")

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.kind == "oai":
            if not self.address:
                raise ValueError(
                    "a repository needs its OAI-PMH address, such as https://api.archives-ouvertes.fr/oai/hal"
                )
            if self.categories:
                raise ValueError("a repository has sets, not categories")
            if bad := next((name for name in self.sets if not _SET.fullmatch(name)), None):
                raise ValueError(f"{bad!r} is not the name of a set; the repository's ListSets shows them")
        elif self.sets:
            raise ValueError(f"{LABELS[self.kind]} has categories, not sets")
        elif bad := next((name for name in self.categories if not _CATEGORY.fullmatch(name)), None):
            raise ValueError(f"{bad!r} is no subject of {LABELS[self.kind]}; they look like cell biology")
        return self

    @property
    def api(self) -> str:
        return self.address or _API

    @property
    def pages(self) -> str:
        """Where the site of bioRxiv or medRxiv is."""
        return self.site or f"https://www.{self.kind}.org"


SourceName = Annotated[str, AfterValidator(source_name)]


def checked_sources(sources: dict[str, SourceSettings]) -> dict[str, SourceSettings]:
    """bioRxiv and medRxiv have tables of their own names, because their ids have them. Raises ValueError."""
    for name, source in sources.items():
        if (source.kind in LABELS or name in LABELS) and name != source.kind:
            raise ValueError(f"the table of {source.kind} must be [fetcher.sources.{source.kind}], not {name}")
    return sources


Sources = Annotated[dict[SourceName, SourceSettings], AfterValidator(checked_sources)]
