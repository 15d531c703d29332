"""The embedder's section of the settings; the models have tables of their own under `embedding`."""

from pydantic import Field

from shared.settings.settings import CommonSettings, Section


class EmbedderSettings(Section):
    threads: int | None = Field(None, ge=1, description="CPU threads for the model; none: as many as there are cores")
    backlog_minutes: float = Field(
        60.0, ge=0, description="how often papers without a vector are looked for; 0: only those that events name"
    )
    map_vectors: bool = Field(
        True, description="keep large sets once more as one memory-mapped file: quick to read, as large as they are"
    )
    failed_attempts: int = Field(3, ge=1, description="how often a failed paper is tried again from the backlog")


class Settings(CommonSettings):
    embedder: EmbedderSettings = EmbedderSettings()
