"""The fetcher's section of the settings."""

from datetime import date, time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from services.fetcher.sources.protocols.settings import Sources
from shared.categories import checked_category
from shared.settings.sections.contact import checked_contact
from shared.settings.settings import CommonSettings, Section


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {name!r}; they look like America/New_York") from error
    return name


Category = Annotated[str, AfterValidator(checked_category)]


class FetcherSettings(Section):
    """What is harvested, when, from where, and how politely."""

    categories: tuple[Category, ...] = Field(
        ("cs.CL", "cs.CV", "cs.LG"), description="categories or archives to harvest; an empty list means all of arXiv"
    )
    start: date | None = Field(None, description="first announcement day to harvest; none: 7 days before the first run")
    contact: Annotated[str, AfterValidator(checked_contact)] = Field(
        "", description="your e-mail address or page, told to arXiv with every request"
    )
    oai_url: str = Field("https://oaipmh.arxiv.org/oai", description="arXiv's OAI-PMH address")
    arxiv_url: str = Field(
        "https://export.arxiv.org", description="where sources, PDFs and answers of the query API come from"
    )
    rss_url: str = Field("", description="where the daily feeds come from; empty: rss.arxiv.org, or under arxiv_url")
    pace_seconds: float = Field(3.0, ge=0, description="least time between two requests, over all processes")
    timeout_seconds: float = Field(60.0, gt=0, description="silence of arXiv after which a request counts as failed")
    request_seconds: float = Field(300.0, gt=0, description="time that one whole answer of arXiv may take")
    patience_seconds: float = Field(30.0, ge=0, description="a wait longer than this goes back to who asked")
    failure_waits_seconds: tuple[float, ...] = Field(
        (10, 30, 60, 120, 300, 600, 900), min_length=1, description="waits after failures where arXiv names none"
    )
    schedule_time: time = Field(time(23, 0), description="when the daily harvest runs; arXiv is ready about 22:30")
    schedule_timezone: Annotated[str, AfterValidator(_known_zone)] = Field(
        "America/New_York", description="time zone of schedule_time"
    )
    interval_minutes: float | None = Field(None, gt=0, description="harvest this often instead of once a day")
    harvest_on_start: bool = Field(True, description="harvest at start where one was missed or interrupted")
    reach_back_days: int = Field(2, ge=0, le=30, description="days before the last harvested one that are read again")
    document_max_mb: int = Field(60, ge=1, description="a larger source or PDF is not read")
    unpacked_max_mb: int = Field(300, ge=1, description="an archive that unpacks to more is hostile")
    archive_max_files: int = Field(5_000, ge=1, description="an archive with more members is hostile")
    archive_max_ratio: int = Field(200, ge=2, description="an archive that unpacks to more times its size is hostile")
    converter_seconds: float = Field(60.0, gt=0, description="time that converting one paper may take, per route")
    document_seconds: float = Field(100.0, gt=0, description="time that converting one paper may take, over all routes")
    documents_max_mb: int = Field(20_000, ge=1, description="beyond this the documents least recently used are dropped")
    converter_memory_mb: int = Field(3_000, ge=256, description="memory that a converter may take")
    memory_mb: int = Field(4_000, ge=1_000, description="memory that the fetcher itself may take")
    sources: Sources = Field(default_factory=dict)


class Settings(CommonSettings):
    fetcher: FetcherSettings = FetcherSettings()
