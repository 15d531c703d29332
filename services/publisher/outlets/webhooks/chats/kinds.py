"""Every kind of chat, by its name in the settings."""

from collections.abc import Mapping

from services.publisher.outlets.webhooks.chats.chat import Chat
from services.publisher.outlets.webhooks.chats.discord import DISCORD
from services.publisher.outlets.webhooks.chats.matrix import MATRIX
from services.publisher.outlets.webhooks.chats.ntfy import NTFY
from services.publisher.outlets.webhooks.chats.slack import SLACK

CHATS: Mapping[str, Chat] = {"slack": SLACK, "discord": DISCORD, "matrix": MATRIX, "ntfy": NTFY}
