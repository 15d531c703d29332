"""The summarizer's section of the settings."""

import re
from datetime import time
from pathlib import Path

from pydantic import Field, field_validator

from services.summarizer.fields import DEFAULT_FIELDS
from services.summarizer.fields import FieldSettings as FieldSettings
from shared.settings.sections.researchers import ResearcherSettings
from shared.settings.settings import CommonSettings, Section

_LANGUAGE = re.compile(r"[^\W\d_][\w ()-]{0,39}")


class SummarizerSettings(Section):
    fields: tuple[FieldSettings, ...] = Field(
        DEFAULT_FIELDS,
        min_length=1,
        max_length=20,
        description="fields of a summary: tables with name, instruction, kind (text, list, choice with its choices) "
        "and evidence (whether statements must quote the paper)",
    )
    language: str = Field("en", description="of summaries: a tag or a name, as in zh, en, pt-BR, Deutsch")
    prompts: Path | None = Field(None, description="folder of your own prompt files; none: prompts/ in the data folder")
    claims_per_field: int = Field(2, ge=1, le=6, description="most claims a field")
    repair_rounds: int = Field(
        2, ge=0, le=5, description="how often a model may repair quotes that the paper does not have"
    )
    llm_attempts: int = Field(
        8, ge=1, description="tries a paper while the model's server is down; then its summary is extractive"
    )
    fewest_tags: int = Field(3, ge=1, le=10, description="tags a paper gets at least, where enough are known")
    most_tags: int = Field(6, ge=1, le=12, description="tags a paper gets at most")
    most_new_tags: int = Field(2, ge=0, le=12, description="tags that one paper may add to the index")
    same_tag_similarity: float = Field(
        0.7, ge=0, le=1, description="cosine below which a phrase is never taken for an existing tag"
    )
    sweep_time: time | None = Field(
        time(3, 30), description="when tags to merge, split or retire are looked for, by this machine's clock; or none"
    )
    sweep_applies_sure: bool = Field(False, description="carry out what the sweep is sure of; else it only proposes")
    qdrant_url: str | None = Field(None, description="a Qdrant server to use instead of the folder qdrant/")
    link_candidates: int = Field(
        24, ge=0, le=60, description="most papers that a model is asked about for links; 0 asks for none"
    )
    links_per_question: int = Field(12, ge=1, le=60, description="papers that one such question is about")
    neighbours: int = Field(8, ge=0, le=50, description="most links to similar papers that have a summary")
    neighbour_similarity: float = Field(
        0.45, ge=-1, le=1, description="cosine from which two papers are linked as similar"
    )
    name_results: bool = Field(
        True, description="ask a model what numbers in tables measure, where headings and captions leave it open"
    )
    saved_is_listed: bool = Field(True, description="saved papers are on the reading list, and can be asked")
    index_summarised: bool = Field(True, description="summarised papers can be asked in full text, too")
    chunk_words: int = Field(
        200, ge=50, le=2000, description="words from which a section is cut into several chunks, for questions"
    )
    revision_documents_per_day: int = Field(
        9,
        ge=0,
        le=500,
        description="documents fetched a day to see what new versions of papers you know changed; 0: none",
    )
    quotes_gone: int = Field(
        2, ge=0, le=50, description="a summary is made again when a new version lacks so many of its quotes; 0: never"
    )

    ask_calls: int = Field(8, ge=0, le=50, description="most calls of a model for one question to papers; 0: none")
    ask_rounds: int = Field(2, ge=1, le=5, description="how often a question's search goes on for what is missing")
    ask_tokens: int | None = Field(
        60_000, ge=0, description="most tokens, sent and received, for one question; or none"
    )
    ask_money: float | None = Field(None, ge=0, description="most that one question may cost; or none")
    ask_seconds: float | None = Field(600.0, gt=0, description="how long one question may take; or none")

    @field_validator("language")
    @classmethod
    def _is_a_language(cls, language: str) -> str:
        if not _LANGUAGE.fullmatch(language.strip()):
            raise ValueError("name a language by a tag or its name, as in zh, en, pt-BR, Deutsch")
        return language.strip()

    @field_validator("fields")
    @classmethod
    def _names_differ(cls, fields: tuple[FieldSettings, ...]) -> tuple[FieldSettings, ...]:
        names = [field.name for field in fields]
        if len(set(names)) < len(names):
            raise ValueError("two fields have the same name")
        return fields


class Settings(CommonSettings):
    summarizer: SummarizerSettings = SummarizerSettings()
    researchers: dict[str, ResearcherSettings] = Field(default_factory=dict)
