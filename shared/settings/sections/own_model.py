"""A model that papersys runs by itself: `llm.gguf` names a file on this machine, or one at Hugging Face."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator

_PART = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_HUB_NAME = re.compile(
    rf"(?:hf://)?(?P<owner>{_PART})/(?P<name>{_PART})(?:@(?P<revision>{_PART}))?[/:](?P<file>.+)", re.A
)
_FILE = re.compile(rf"{_PART}(?:/{_PART})*\.gguf", re.A | re.I)
_EXAMPLES = (
    "write a path such as models/qwen.gguf, or owner/repository/file.gguf as Hugging Face names it, "
    "such as Qwen/Qwen2.5-1.5B-Instruct-GGUF/qwen2.5-1.5b-instruct-q4_k_m.gguf"
)


@dataclass(frozen=True)
class HubFile:
    """A file of a repository; `revision` is a branch, a tag or a commit."""

    repository: str
    file: str
    revision: str = "main"

    @property
    def path(self) -> str:
        """Its path below the hub's address."""
        return f"{self.repository}/resolve/{self.revision}/{self.file}"


def hub_file(text: str) -> HubFile | None:
    """The file that `owner/repository/file.gguf` or `owner/repository:file.gguf` names; None for other texts."""
    match = _HUB_NAME.fullmatch(text)
    if match is None or ".." in text or not _FILE.fullmatch(match["file"]):
        return None
    return HubFile(f"{match['owner']}/{match['name']}", match["file"], match["revision"] or "main")


def checked_gguf(text: str, folder: Path) -> str:
    """An absolute path, where a file is meant, else the hub's name as it is. Raises ValueError.

    Relative paths start at `folder`. What could be both is a path where there is such a file.
    """
    text = text.strip()
    if not text.isprintable() or not text.lower().endswith(".gguf"):
        raise ValueError(f"this does not name a GGUF file; {_EXAMPLES}")
    path = folder / Path(text).expanduser()
    if path.exists():
        return str(path)
    if hub_file(text) is not None:
        return text
    if ":" in text:
        raise ValueError(f"this is neither a file nor a name at Hugging Face; {_EXAMPLES}")
    return str(path)


def model_name(gguf: str) -> str:
    """What a model is called after its file: `qwen2.5-1.5b-instruct-q4_k_m`."""
    file = re.split(r"[/:]", gguf)[-1]
    return re.sub(r"(?:-\d{5}-of-\d{5})?\.gguf$", "", file, flags=re.I) or "own"


class OwnModelSettings(BaseModel):
    """What the section `llm` says about the model that papersys runs by itself."""

    gguf: str | None = Field(
        None,
        description="instead of base_url, a model that papersys runs by itself: a GGUF file, or a name at Hugging Face "
        "such as owner/repository/file.gguf",
    )
    gguf_threads: int | None = Field(None, ge=1, description="threads it computes with; none: what suits this machine")
    idle_minutes: float = Field(
        15.0, ge=0, description="unused for so long, the model of gguf leaves the memory until it is needed; 0: never"
    )
    hub_url: str = Field("", description="where files of gguf are fetched; empty: HF_ENDPOINT, or huggingface.co")

    @field_validator("gguf", mode="after")
    @classmethod
    def _gguf_is_a_path_or_a_name(cls, gguf: str | None, info: ValidationInfo) -> str | None:
        folder = (info.context or {}).get("folder") or Path.cwd()
        return checked_gguf(gguf, folder) if gguf else None

    @model_validator(mode="after")
    def _one_place_of_the_model(self) -> Self:
        if self.gguf and getattr(self, "base_url", None):
            raise ValueError("base_url and gguf name two places of the model; remove one of them")
        return self
