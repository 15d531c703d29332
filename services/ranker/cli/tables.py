"""`papersys rank --labels`: a table of papers scored from a table of ratings."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from services.ranker.settings import Settings
from shared.command_line.context import TextEncoder, load, open_text_encoder
from shared.command_line.output import complaints, say, warn

if TYPE_CHECKING:  # `papersys --help` imports this module, and need not wait for numpy
    from shared.store.vectors.embeddings import Matrix


def rank_table(labels: Path | None, papers: Path | None, out: Path | None, vectors: Path | None) -> None:
    """Raises typer.BadParameter where one of the three tables is not named, PapersysError for an unusable one."""
    from services.ranker import commands

    if labels is None or papers is None or out is None:
        raise typer.BadParameter("--labels, --papers and --out (-o) must be given together.")
    tables = commands.Tables(labels, papers, out, vectors)
    count = commands.rank_table(load(Settings), tables, _Announced(open_text_encoder()), warn)
    say(f"Scored {count} papers; the scores are in {out}.")


class _Announced(TextEncoder):
    """Says on standard error what takes a while."""

    def __init__(self, encoder: TextEncoder) -> None:
        self._encoder = encoder

    @property
    def recipe(self) -> str:
        return self._encoder.recipe

    def encode(self, texts: Sequence[str]) -> "Matrix":
        complaints.print(f"Embedding {len(texts)} texts ...", highlight=False)
        return self._encoder.encode(texts)
