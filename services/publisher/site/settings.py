"""`[publisher.site]` and `[publisher.giscus]`: what the static site shows, how it is built, comments below papers."""

import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from shared.errors import SettingsError
from shared.settings.section import Section

_CATEGORY_ID = "DIC_"
_REPOSITORY = re.compile(r"[A-Za-z0-9-]{1,39}/[\w.-]{1,100}", re.ASCII)


def _site_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError(f"{text!r} is not the address of a site; it looks like https://papers.example.org")
    return text.rstrip("/")


class SiteSettings(Section):
    """`address` is also where links of the feed and the sitemap lead, and says under which path the site lies."""

    title: str = Field("Papers read", min_length=1, max_length=200, description="name of the site")
    description: str = Field(
        "Summaries of papers on arXiv, with links and short quotes", max_length=500, description="one line about it"
    )
    address: Annotated[str, AfterValidator(_site_address)] | None = Field(
        None, description="where the site will be found, such as https://me.github.io/papers; none: the preview"
    )
    after_each_day: bool = Field(False, description="build the site by itself when the picks of a day are summarised")
    settle_minutes: float = Field(
        10, ge=0, description="how long summaries must have come to rest before that, where some of a day are missing"
    )
    quote_characters: int = Field(300, ge=0, le=1000, description="longest quote of a paper; 0: no quotes")
    quotes_characters: int = Field(
        3000, ge=0, le=20_000, description="most characters quoted from one paper; further quotes are left out"
    )
    figures: int = Field(3, ge=0, le=20, description="most figures of a paper, under Creative Commons licences only")
    tools: Path | None = Field(None, description="folder for what npm installs; none: cache/site in the data folder")
    memory_mb: int = Field(2048, ge=256, description="most memory for the objects of a build")
    timeout_minutes: float = Field(20, gt=0, description="how long a build may take")
    preview_port: int = Field(8090, ge=1, le=65535, description="port of `papersys publish --preview`")

    def address_in_use(self) -> str:
        """Where the site is found: its address, or that of the preview."""
        return self.address or f"http://127.0.0.1:{self.preview_port}"


class GiscusSettings(Section):
    """Comments and reactions by giscus, kept in GitHub Discussions; https://giscus.app names the ids."""

    repo: str | None = Field(None, description="repository of the discussions, as owner/name; none: `giscus.repo`")
    repo_id: str | None = Field(None, description="its id, as giscus.app shows it; none: no comments")
    category: str | None = Field(None, description="name of the discussions' category; none: `giscus.category`")
    category_id: str | None = Field(None, description="its id, as giscus.app shows it; none: no comments")
    load: Literal["scroll", "click"] = Field(
        "scroll", description="giscus is asked when its place is scrolled to, or only on a click"
    )

    @model_validator(mode="after")
    def _has_both_ids(self) -> Self:
        """Names alone make no comments; what the ids belong to may stand in `[giscus]`."""
        ids = {"repo_id": self.repo_id, "category_id": self.category_id}
        missing = [f"publisher.giscus.{name}" for name, value in ids.items() if not value]
        if missing and (self.repo or self.category or any(ids.values())):
            raise ValueError(f"{', '.join(missing)} missing; giscus.app shows both ids")
        if self.repo and not _REPOSITORY.fullmatch(self.repo):
            raise ValueError(f"{self.repo!r} is not a GitHub repository; write owner/name")
        return self

    def with_names(self, repo: str, category: str) -> Self:
        """The same with the names of `[giscus]` where it has none itself. Raises SettingsError where one is missing."""
        if not self.repo_id:
            return self
        named = self.model_copy(update={"repo": self.repo or repo, "category": self.category or category})
        for name in ("repo", "category"):
            if not getattr(named, name):
                raise SettingsError(
                    f"publisher.giscus has ids, but no {name}: set publisher.giscus.{name} or giscus.{name}."
                )
        return named
