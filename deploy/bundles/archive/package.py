"""What `datapackage.json` says: the descriptor of a Data Package (https://datapackage.org/standard/data-package/).

Properties that the standard does not know begin with `papersys:`.
"""

import json
import re
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

DESCRIPTOR = "datapackage.json"
README = "README.md"
FORMAT = 1
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
MEDIA_TYPES = {
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}
_PATH = re.compile(r"[a-z]+(?:/[A-Za-z0-9][A-Za-z0-9_.@-]{0,80}){0,2}\.(?:csv|jsonl|parquet)")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Resource(_Part):
    """One file of a bundle. `size_bytes` and `sha256` are of its content, not of its packed form."""

    name: str = Field(max_length=200)
    path: str
    format: Literal["csv", "jsonl", "parquet"]
    encoding: Literal["utf-8"] | None = None
    size_bytes: int = Field(ge=0, alias="bytes")
    hash: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    table_schema: dict[str, Any] = Field(alias="schema")
    dataset: str = Field(max_length=40, alias="papersys:dataset")
    rows: int = Field(ge=0, alias="papersys:rows")
    about: dict[str, Any] = Field(default_factory=dict, alias="papersys:about")

    @field_validator("path")
    @classmethod
    def _stays_inside(cls, path: str) -> str:
        if not _PATH.fullmatch(path) or ".." in path:
            raise ValueError(f"{path[:80]!r} is no path of a bundle")
        return path

    @property
    def sha256(self) -> str:
        return self.hash.removeprefix("sha256:")


class Package(_Part):
    """A bundle. `user` is whose it is; empty: of the whole system."""

    name: str = "papersys"
    title: str = ""
    description: str = ""
    created: AwareDatetime
    bundle_format: int = Field(FORMAT, alias="papersys:format")
    version: str = Field("", alias="papersys:version")
    user: str = Field("", max_length=200, alias="papersys:user")
    resources: tuple[Resource, ...]

    def to_json(self) -> str:
        """The descriptor as a file: indented, in the order of the fields."""
        content = self.model_dump(mode="json", by_alias=True)
        for resource in content["resources"]:
            resource["mediatype"] = MEDIA_TYPES[resource["format"]]
            if resource["encoding"] is None:
                del resource["encoding"]
        return json.dumps({"$schema": PROFILE, **content}, ensure_ascii=False, indent=1) + "\n"
