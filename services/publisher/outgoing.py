"""What leaves the reader for people without a session: feeds at secret addresses, the daily e-mail, webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.publisher.outlets.digest.daily_digest import DailyDigest
from services.publisher.outlets.digest.mailer import Mailer
from services.publisher.outlets.digest.signed_links import SignedLinks
from services.publisher.outlets.digest.subscriptions import Subscriptions
from services.publisher.outlets.feeds.feed_keys import FeedKeys
from services.publisher.outlets.webhooks.deliveries import Deliveries
from services.publisher.outlets.webhooks.sending import Sender
from services.publisher.outlets.webhooks.webhook_loop import WebhookLoop
from services.publisher.pages.components import Components
from shared.settings.sections.digest import DigestSettings
from shared.settings.sections.webhooks import WebhookSettings
from shared.store.files.data_folder import DataFolder

_NO_WEBHOOKS: Mapping[str, WebhookSettings] = MappingProxyType({})
_ARXIV = "https://arxiv.org"


@dataclass(frozen=True)
class Outgoing:
    """The parts of it; `digest` is None where the settings name no SMTP server, `chats` where they name no webhook."""

    feed_keys: FeedKeys
    subscriptions: Subscriptions
    links: SignedLinks
    settings: DigestSettings
    digest: DailyDigest | None
    webhooks: Mapping[str, WebhookSettings]
    deliveries: Deliveries
    chats: WebhookLoop | None

    @classmethod
    def open(
        cls,
        data: DataFolder,
        components: Components,
        settings: DigestSettings,
        reader_address: str,
        webhooks: Mapping[str, WebhookSettings] = _NO_WEBHOOKS,
        arxiv: str = _ARXIV,
    ) -> "Outgoing":
        """`reader_address` is where the reader answers, should the settings name no other for links in e-mails.

        Links in chats lead to `arxiv` then: who reads them on a phone is at no port of this machine.
        """
        subscriptions, links = Subscriptions(data), SignedLinks(data)
        base = settings.reader_address or reader_address
        digest = DailyDigest(components, settings, base, subscriptions, links, Mailer(settings))
        deliveries = Deliveries(data)
        chats = WebhookLoop(components, webhooks, deliveries, Sender(), settings.reader_address, arxiv)
        return cls(
            FeedKeys(data),
            subscriptions,
            links,
            settings,
            digest if settings.smtp_host else None,
            webhooks,
            deliveries,
            chats if webhooks else None,
        )
