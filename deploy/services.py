"""What the services give to the command line, by name: the only place that names their code, and loads it.

Deploy imports no service. A command, a section of the settings, or a function that one service lends to another's
command is an entry here; tests/unit/deploy/test_services.py holds each entry to its type.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import typer

if TYPE_CHECKING:  # `papersys --version` imports this module, and need not wait for pydantic's models
    from deploy.migrating.lent import RecipeAndHash, StoreRatings, TakeKeywords
    from shared.command_line.context import TextEncoder
    from shared.settings.settings import CommonSettings, LlmSettings
    from shared.store.files.data_folder import DataFolder
    from shared.store.keeping.findings import Finding
    from shared.store.keeping.replays import EncodeTexts, ReplayStage

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


class ServiceLook(Protocol):
    """A service's look at its own data."""

    def __call__(self, *, deep: bool) -> "list[Finding]": ...


COMMANDS: Mapping[str, Entry[Command]] = {
    "up": Entry("deploy.commands.system:up"),
    "service": Entry("deploy.commands.service:service"),
    "init": Entry("deploy.commands.init:init"),
    "status": Entry("deploy.commands.system:status"),
    "logs": Entry("deploy.commands.logs:logs"),
    "trace": Entry("deploy.commands.trace:trace"),
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
    "export-ratings": Entry("services.publisher.outlets.exports.ratings.cli:export_ratings"),
    "why": Entry("services.ranker.cli.reasons:why"),
    "fetch": Entry("services.fetcher.cli:fetch"),
    "convert": Entry("services.fetcher.cli:convert"),
    "embed": Entry("services.embedder.cli:embed"),
    "rank": Entry("services.ranker.cli.picks:rank"),
    "best": Entry("services.ranker.cli.picks:best"),
    "evaluate": Entry("services.ranker.cli.evaluation:evaluate"),
    "publish": Entry("services.publisher.site.cli:publish"),
    "related": Entry("services.summarizer.cli.related:related"),
    "revisions": Entry("services.summarizer.cli.revisions:revisions"),
    "results": Entry("services.summarizer.cli.results:results"),
    "ask": Entry("services.summarizer.cli.asking.command:ask"),
    "verify": Entry("deploy.verifying.cli:verify"),
    "reconcile": Entry("deploy.verifying.cli:reconcile"),
    "import": Entry("services.fetcher.cli:import_papers"),
    "migrate": Entry("deploy.commands.migrate:migrate"),
    "demo": Entry("deploy.commands.demo:app"),
    "dead": Entry("deploy.commands.dead_letters:app"),
    "model": Entry("services.ranker.cli.models:app"),
    "interests": Entry("services.ranker.cli.interests:app"),
    "rising": Entry("services.ranker.cli.rising:rising"),
    "missed": Entry("services.ranker.cli.missed:missed"),
    "llm": Entry("services.summarizer.cli.llm:app"),
    "summarize": Entry("services.summarizer.cli.summarize:summarize"),
    "cost": Entry("services.summarizer.cli.cost:cost"),
    "fields": Entry("services.summarizer.cli.fields:fields"),
    "tags": Entry("services.summarizer.cli.tags:app"),
    "features": Entry("services.ranker.cli.features:features"),
    "giscus": Entry("services.feedback.giscus.cli:app"),
    "notion": Entry("services.publisher.outlets.notion.cli:app"),
    "zotero": Entry("services.publisher.outlets.zotero.cli:app"),
    "webhooks": Entry("services.publisher.outlets.webhooks.cli:app"),
    "replay": Entry("deploy.replaying.cli:app"),
    "bundle": Entry("deploy.bundles.cli:app"),
    "backup": Entry("deploy.commands.backup:app"),
    "restore": Entry("deploy.commands.restore:restore"),
    "sync": Entry("deploy.syncing.cli:sync"),
    "arxiv": Entry("services.summarizer.cli.arxiv:app"),
    "mcp": Entry("services.publisher.mcp.cli:mcp"),
}
"""Each command of `papersys`."""

PANELS: Mapping[str, tuple[str, ...]] = {
    "Running papersys": ("up", "init", "demo", "status", "reader", "users", "nats", "service"),
    "Reading and rating": (
        "search",
        "best",
        "related",
        "results",
        "revisions",
        "why",
        "follow",
        "interests",
        "rising",
        "missed",
        "like",
        "dislike",
        "clear",
    ),
    "Asking papers": ("ask", "arxiv", "mcp"),
    "One stage, now": ("fetch", "convert", "embed", "rank", "summarize", "reprocess", "fields", "tags", "publish"),
    "Language models": ("llm", "cost"),
    "What was learned": ("evaluate", "model", "features", "replay"),
    "Moving in and out": (
        "migrate",
        "import",
        "import-ratings",
        "export-ratings",
        "bundle",
        "giscus",
        "notion",
        "zotero",
        "webhooks",
    ),
    "Keeping the data": ("backup", "restore", "sync", "verify", "reconcile"),
    "When something is wrong": ("logs", "trace", "dead"),
}
"""What the help groups the commands by, each command once, in the order in which it lists them."""

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

EMBED_REPLAY: "Entry[Callable[[], ReplayStage]]" = Entry("services.embedder.replay:open_embed_replay")
RANK_REPLAY: "Entry[Callable[[EncodeTexts], ReplayStage]]" = Entry("services.ranker.replay.stage:open_rank_replay")
SUMMARIZE_REPLAY: "Entry[Callable[[], ReplayStage]]" = Entry("services.summarizer.replay.stage:open_summarize_replay")
TAG_REPLAY: "Entry[Callable[[EncodeTexts], ReplayStage]]" = Entry(
    "services.summarizer.replay.tag_stage:open_tag_replay"
)
LINK_REPLAY: "Entry[Callable[[EncodeTexts], ReplayStage]]" = Entry(
    "services.summarizer.replay.link_stage:open_link_replay"
)
"""The parts that services have in `papersys replay`."""

ENCODE_TEXTS: "Entry[EncodeTexts]" = Entry("services.embedder.replay:encode_with")
"""Vectors of texts by any embedding model of the settings, for seeds, tags and fields of summaries in a replay."""

VERIFY_EMBEDDINGS: Entry[Callable[[str | None], None]] = Entry("services.embedder.cli:verify")
"""`papersys verify embeddings`."""

LOOKS: Mapping[str, Entry[ServiceLook]] = {
    "embeddings": Entry("services.embedder.verification:verify_embeddings"),
    "ranker": Entry("services.ranker.verification:verify_ranker"),
    "qdrant": Entry("services.summarizer.verification:verify_summarizer"),
    "passages": Entry("services.summarizer.research.verification:verify_passages"),
    "paper-results": Entry("services.summarizer.results.verification:verify_paper_results"),
    "site": Entry("services.publisher.site.verification:verify_site"),
}
"""What services lend to `papersys verify`: a look at what only they know."""

REPAIRS: Mapping[str, Entry[Callable[[], str]]] = {
    "backlog": Entry("services.embedder.verification:renew_backlog"),
    "vector-copy": Entry("services.embedder.verification:renew_vector_copies"),
    "search-index": Entry("services.ranker.verification:rebuild_search_index"),
    "ranker-files": Entry("services.ranker.verification:remove_unusable"),
    "qdrant": Entry("services.summarizer.verification:rebuild_qdrant"),
    "passages": Entry("services.summarizer.research.verification:rebuild_passages"),
    "results": Entry("services.summarizer.results.verification:read_tables_again"),
    "site": Entry("services.publisher.site.verification:write_missing_pages"),
}
"""What services lend to `papersys reconcile`: each makes something again, and says so in a sentence."""
STORE_RATINGS: "Entry[StoreRatings]" = Entry("services.feedback.importing.migrated_ratings:store_ratings")
"""The import of ratings, for `migrate`."""

TAKE_KEYWORDS: "Entry[TakeKeywords]" = Entry("services.summarizer.tags.migrated_keywords:take_keywords")
"""The canonical index, for keywords that `migrate` brings."""

RECIPE_AND_HASH: "Entry[RecipeAndHash]" = Entry("services.embedder.cli:recipe_and_hash")
"""What a model of the settings makes vectors by, for vectors that `migrate` brings."""
