"""The prompts that a person changed: `prompts.jsonl`; one that is here already stays."""

import json
import re

from pydantic import BaseModel, Field

from deploy.bundles.archive.package import Resource
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.archive.table_schemas import schema_of_model
from deploy.bundles.archive.writing import BundleWriter
from deploy.bundles.datasets.dataset import Source, Target
from deploy.bundles.datasets.records import records_in
from deploy.bundles.tally import Tally

_NAME = r"[a-z][a-z_]{0,40}\.md"
_MOST_BYTES = 100_000


class _Prompt(BaseModel):
    name: str = Field(pattern=f"^{_NAME}$")
    text: str = Field(max_length=_MOST_BYTES)


class Prompts:
    name = "prompts"
    about = "your own prompts for language models"

    def write(self, source: Source, bundle: BundleWriter) -> None:
        files = [] if source.user else sorted(source.data.path("prompts").glob("*.md"))
        lines = (
            (json.dumps({"name": path.name, "text": path.read_text("utf-8", "replace")}, ensure_ascii=False) + "\n")
            for path in files
            if re.fullmatch(_NAME, path.name) and path.stat().st_size <= _MOST_BYTES
        )
        encoded = (line.encode("utf-8", "replace") for line in lines)
        bundle.add_lines(self.name, f"{self.name}.jsonl", encoded, schema_of_model(_Prompt, ["name"]))

    def merge(self, bundle: Bundle, resource: Resource, target: Target) -> Tally:
        tally = Tally(self.name)
        for prompt in records_in(bundle, resource, _Prompt, tally):
            path = target.data.path("prompts", prompt.name)
            if not path.exists():
                tally.new += 1
                if not target.dry_run:
                    target.data.write_text(path, prompt.text)
            elif path.read_text("utf-8", "replace") == prompt.text:
                tally.same += 1
            else:
                tally.older += 1
                tally.conflict(f"The prompt {prompt.name} differs; the one here stays")
        return tally
