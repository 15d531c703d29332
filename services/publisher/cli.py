"""What the command line calls in this process; no running system is needed."""

from services.publisher.settings import Settings
from shared.command_line.context import load


def log_out_everybody() -> None:
    """End every session of the reader; `papersys reader --log-out-all` asks for it."""
    from services.publisher import commands

    commands.log_out_everybody(load(Settings))
