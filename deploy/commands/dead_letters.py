"""`papersys dead list|show|retry|drop`: messages that could not be handled."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import nats.errors
import typer
from rich.table import Table
from rich.text import Text

from deploy.command_context import system_settings
from shared.bus.connections import connected
from shared.bus.delivery.dead_letters import DeadLetter, DeadLetters
from shared.command_line.output import JsonFlag, console, print_json, say
from shared.errors import PapersysError, reason
from shared.text.safe.plain_text import shortened

T = TypeVar("T")
_SHOWN_CHARS = 1_000_000
app = typer.Typer(no_args_is_help=True, help="List, show, retry or drop failed jobs (dead letters).")
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="A number from `papersys dead list`.")]
Numbers = Annotated[list[int] | None, typer.Argument(metavar="NUMBER", help="Numbers from `papersys dead list`.")]
All = Annotated[bool, typer.Option("--all", help="All failed jobs.")]


@app.command("list")
def list_letters(as_json: JsonFlag = False) -> None:
    """List failed jobs, oldest first."""
    letters = _with_letters(lambda dead: dead.all())
    if as_json:
        print_json(json.dumps([letter.model_dump(mode="json") for letter in letters], indent=1))
        return
    if not letters:
        say("No failed jobs.")
        return
    table = Table("number", "failed at", "service", "message", "paper", "attempts", "reason")
    for letter in letters:
        table.add_row(*(Text(shortened(str(cell))) for cell in _row(letter)))
    console.print(table)


@app.command()
def show(number: Number, as_json: JsonFlag = False) -> None:
    """Show one failed job in full."""
    letter = _with_letters(lambda dead: dead.get(number))
    if as_json:
        print_json(letter.model_dump_json(indent=1))
        return
    for name, value in letter.model_dump(mode="json").items():
        say(f"{name:<10} {shortened(str(value), _SHOWN_CHARS)}")


@app.command()
def retry(numbers: Numbers = None, all_letters: All = False) -> None:
    """Retry failed jobs. Jobs without a valid event are skipped; they can only be dropped."""
    _each(numbers, all_letters, lambda dead, letter: dead.retry(letter.number), "Queued again")


@app.command()
def drop(numbers: Numbers = None, all_letters: All = False) -> None:
    """Delete failed jobs without retrying them."""
    _each(numbers, all_letters, lambda dead, letter: dead.drop(letter.number), "Dropped")


def _each(
    numbers: list[int] | None,
    all_letters: bool,
    act: Callable[[DeadLetters, DeadLetter], Awaitable[object]],
    done: str,
) -> None:
    if not numbers and not all_letters:
        raise typer.BadParameter("Give at least one number, or --all.")

    async def work(dead: DeadLetters) -> list[str]:
        letters = await dead.all() if all_letters else [await dead.get(number) for number in numbers or []]
        problems = []
        for letter in letters:
            try:
                await act(dead, letter)
                about = shortened(letter.paper_id or letter.subject)
                say(f"{done}: {letter.number} ({about})")
            except PapersysError as error:
                problems.append(str(error))
        return problems

    problems = _with_letters(work)
    if problems:
        raise PapersysError("\n".join(problems))


def _row(letter: DeadLetter) -> tuple[object, ...]:
    died = letter.died_at.strftime("%Y-%m-%d %H:%M")
    paper = letter.paper_id or ""
    return letter.number, died, letter.service, letter.subject, paper, letter.attempts, letter.reason


def _with_letters(work: Callable[[DeadLetters], Awaitable[T]]) -> T:
    async def run() -> T:
        async with connected(system_settings().bus) as client:
            try:
                return await work(DeadLetters(client.jetstream()))
            except (nats.errors.Error, TimeoutError) as error:
                raise PapersysError(f"NATS cannot list the failed jobs: {reason(error)}") from error

    return asyncio.run(run())
