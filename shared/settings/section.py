"""A table of the settings file."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """One table of the settings file: frozen, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
