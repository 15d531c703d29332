"""`papersys webhooks status|test`: chats that are told of picks; neither needs a running system."""

import asyncio
import json
import uuid
from typing import Annotated

import typer

from services.publisher.settings import Settings
from shared.command_line.context import load
from shared.command_line.output import JsonFlag, print_json, say, warn
from shared.errors import PapersysError

app = typer.Typer(help="Tell Slack, Discord, Matrix or ntfy of picks.", no_args_is_help=True)

_NONE = "There are no webhooks; a table [webhooks.NAME] in papersys.toml makes one (docs/webhooks.md)."


@app.command()
def status(as_json: JsonFlag = False) -> None:
    """Show each webhook: what it tells when, its last message, and what could not be sent."""
    from dataclasses import asdict

    from services.publisher.outlets.webhooks.deliveries import Deliveries
    from services.publisher.outlets.webhooks.told_chats import chats_of
    from shared.store.files.data_folder import DataFolder

    settings = load(Settings)
    chats = chats_of(None, settings.webhooks, Deliveries(DataFolder(settings.data.path, settings.data.min_free_mb)))
    if as_json:
        print_json(json.dumps([asdict(chat) for chat in chats], ensure_ascii=False))
        return
    for chat in chats:
        state = f"Last message: {chat.last_sent or 'none yet'}.{' Paused.' if chat.is_paused else ''}"
        say(f"{chat.name} ({chat.kind}, {chat.user}): {chat.rule}. {state}")
        for remark in chat.remarks:
            warn(f"  {remark}")
    if not chats:
        say(_NONE)


@app.command()
def test(name: Annotated[str, typer.Argument(metavar="NAME", help="The webhook, as its table is called.")]) -> None:
    """Send a test message, whatever the hours; exit code 1 where it was not taken."""
    from services.publisher.outlets.webhooks.chats.chat import TEST_HEADING, Message
    from services.publisher.outlets.webhooks.sending import Sender

    webhooks = load(Settings).webhooks
    if name not in webhooks:
        known = f"there are: {', '.join(webhooks)}" if webhooks else "there are none"
        raise PapersysError(f"There is no table [webhooks.{name}] in papersys.toml; {known}.")
    message = Message(uuid.uuid4().hex, TEST_HEADING)
    asyncio.run(Sender().send(name, webhooks[name], message))
    say(f"{name} took the test message.")
