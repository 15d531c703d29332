"""What the services give to the command line, by name: the only place that names their code, and loads it.

Deploy imports no service. A command, a section of the settings, or a function that one service lends to another's
command is an entry here; tests/unit/deploy/test_services.py holds each entry to its type.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import typer

if TYPE_CHECKING:  # `papersys --version` imports this module, and need not wait for pydantic's models
    from shared.command_line.context import TextEncoder
    from shared.settings.settings import CommonSettings, LlmSettings
    from shared.store.files.data_folder import DataFolder

T = TypeVar("T")
Command = Callable[..., None] | typer.Typer
"""A function that typer makes a command of, or a group of commands."""


@dataclass(frozen=True)
class Entry(Generic[T]):
    """An object of type T at `module:name`, imported when it is first needed."""

    place: str

    def load(self) -> T:
        module, _, name = self.place.partition(":")
        loaded: T = getattr(importlib.import_module(module), name)
        return loaded


COMMANDS: Mapping[str, Entry[Command]] = {
    "up": Entry("deploy.commands.system:up"),
    "init": Entry("deploy.commands.init:init"),
    "status": Entry("deploy.commands.system:status"),
    "nats": Entry("deploy.commands.system:nats"),
    "reader": Entry("deploy.commands.system:reader"),
    "users": Entry("deploy.commands.users:app"),
    "like": Entry("deploy.commands.papers:like"),
    "dislike": Entry("deploy.commands.papers:dislike"),
    "clear": Entry("deploy.commands.papers:clear"),
    "reprocess": Entry("deploy.commands.papers:reprocess"),
    "search": Entry("services.ranker.cli.search:search"),
    "follow": Entry("services.feedback.cli:follow"),
    "import-ratings": Entry("services.feedback.importing.cli:import_ratings"),
    "export-ratings": Entry("services.publisher.exports.ratings.cli:export_ratings"),
    "why": Entry("services.ranker.cli.reasons:why"),
    "fetch": Entry("services.fetcher.cli:fetch"),
    "convert": Entry("services.fetcher.cli:convert"),
    "embed": Entry("services.embedder.cli:embed"),
    "rank": Entry("services.ranker.cli.picks:rank"),
    "best": Entry("services.ranker.cli.picks:best"),
    "evaluate": Entry("services.ranker.cli.evaluation:evaluate"),
    "publish": Entry("services.publisher.site.cli:publish"),
    "related": Entry("services.summarizer.cli.related:related"),
    "verify": Entry("services.embedder.cli:verify"),
    "import": Entry("services.fetcher.cli:import_papers"),
    "demo": Entry("deploy.commands.demo:app"),
    "dead": Entry("deploy.commands.dead_letters:app"),
    "model": Entry("services.ranker.cli.models:app"),
    "interests": Entry("services.ranker.cli.interests:app"),
    "llm": Entry("services.summarizer.cli.llm:app"),
    "summarize": Entry("services.summarizer.cli.summarize:summarize"),
    "cost": Entry("services.summarizer.cli.cost:cost"),
    "fields": Entry("services.summarizer.cli.fields:fields"),
    "tags": Entry("services.summarizer.cli.tags:app"),
    "features": Entry("services.ranker.cli.features:features"),
    "giscus": Entry("services.feedback.giscus.cli:app"),
    "notion": Entry("services.publisher.notion.cli:app"),
}
"""Each command of `papersys`, in the order in which its help lists them."""

SETTINGS: Mapping[str, "Entry[type[CommonSettings]]"] = {
    "fetcher": Entry("services.fetcher.settings:Settings"),
    "embedder": Entry("services.embedder.settings:Settings"),
    "ranker": Entry("services.ranker.settings:Settings"),
    "summarizer": Entry("services.summarizer.settings:Settings"),
    "publisher": Entry("services.publisher.settings:Settings"),
    "feedback": Entry("services.feedback.settings:Settings"),
}
"""Each service's view of the settings; its own section is the field of its name."""

OPEN_TEXT_ENCODER: "Entry[Callable[[], TextEncoder]]" = Entry("services.embedder.cli:open_text_encoder")
"""The embedder's vectors, for commands that need no running system: `rank --labels`, `related --table`,
`tags canonicalize`."""

LOG_OUT_EVERYBODY: Entry[Callable[[], None]] = Entry("services.publisher.cli:log_out_everybody")
"""Ends every session of the reader."""

OWN_MODEL_WINDOW: "Entry[Callable[[LlmSettings, DataFolder], int | None]]" = Entry(
    "services.summarizer.own_model.starting:window_of"
)
"""Tokens that the window of the model of `llm.gguf` holds on this machine."""

OWN_MODEL_PROCESS = "services.summarizer.own_model"
"""What `python -m` runs for `llm.gguf`."""
