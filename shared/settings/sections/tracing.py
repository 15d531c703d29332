"""Settings of traces."""

from pathlib import Path

from pydantic import Field

from shared.settings.section import Section


class TracingSettings(Section):
    endpoint: str | None = Field(
        None,
        pattern=r"^https?://\S+$",
        description="send traces to this OpenTelemetry collector by OTLP/HTTP, such as http://127.0.0.1:4318; none: no "
        "traces",
    )
    sample: float = Field(1.0, gt=0, le=1, description="share of harvests, and of work outside of them, that is traced")
    authorization_file: Path | None = Field(None, description="file with the Authorization header that it wants")
