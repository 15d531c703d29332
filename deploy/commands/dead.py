"""`dead list|show|retry|drop`: messages that could not be handled."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import nats.errors
import typer
from rich.table import Table
from rich.text import Text

from deploy.commands.context import JsonFlag, console, print_json, system_settings
from deploy.connections import connected
from shared.bus.dead_letters import DeadLetter, DeadLetters
from shared.errors import PapersysError, reason
from shared.text.plain_text import shortened

T = TypeVar("T")
_SHOWN_CHARS = 1_000_000
app = typer.Typer(no_args_is_help=True, help="Messages that could not be handled: look, retry, drop.")
Number = Annotated[int, typer.Argument(help="Number from `papersys dead list`.")]
Numbers = Annotated[list[int] | None, typer.Argument(help="Numbers from `papersys dead list`.")]
All = Annotated[bool, typer.Option("--all", help="Every dead letter.")]


@app.command("list")
def list_letters(as_json: JsonFlag = False) -> None:
    """List them, oldest first."""
    letters = _with_letters(lambda dead: dead.all())
    if as_json:
        print_json(json.dumps([letter.model_dump(mode="json") for letter in letters], indent=1))
        return
    if not letters:
        console.print("No dead letters.")
        return
    table = Table("number", "died at", "service", "message", "paper", "attempts", "reason")
    for letter in letters:
        table.add_row(*(Text(shortened(str(cell))) for cell in _row(letter)))
    console.print(table)


@app.command()
def show(number: Number, as_json: JsonFlag = False) -> None:
    """Show one of them whole."""
    letter = _with_letters(lambda dead: dead.get(number))
    if as_json:
        print_json(letter.model_dump_json(indent=1))
        return
    for name, value in letter.model_dump(mode="json").items():
        console.print(f"{name:<10} {shortened(str(value), _SHOWN_CHARS)}", highlight=False, markup=False)


@app.command()
def retry(numbers: Numbers = None, all_letters: All = False) -> None:
    """Publish them again as new events; those that hold no valid event are passed over and can only be dropped."""
    _each(numbers, all_letters, lambda dead, letter: dead.retry(letter.number), "Published again")


@app.command()
def drop(numbers: Numbers = None, all_letters: All = False) -> None:
    """Forget them."""
    _each(numbers, all_letters, lambda dead, letter: dead.drop(letter.number), "Dropped")


def _each(
    numbers: list[int] | None,
    all_letters: bool,
    act: Callable[[DeadLetters, DeadLetter], Awaitable[object]],
    done: str,
) -> None:
    if not numbers and not all_letters:
        raise typer.BadParameter("name at least one number, or give --all")

    async def work(dead: DeadLetters) -> list[str]:
        letters = await dead.all() if all_letters else [await dead.get(number) for number in numbers or []]
        problems = []
        for letter in letters:
            try:
                await act(dead, letter)
                about = shortened(letter.paper_id or letter.subject)
                console.print(f"{done}: {letter.number} ({about})", highlight=False, markup=False)
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
                raise PapersysError(f"NATS does not give the dead letters out: {reason(error)}") from error

    return asyncio.run(run())
