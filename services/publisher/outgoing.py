"""What leaves the reader for people without a session: feeds at secret addresses and the daily e-mail."""

from dataclasses import dataclass

from services.publisher.digest.daily_digest import DailyDigest
from services.publisher.digest.mailer import Mailer
from services.publisher.digest.signed_links import SignedLinks
from services.publisher.digest.subscriptions import Subscriptions
from services.publisher.feeds.feed_keys import FeedKeys
from services.publisher.pages.components import Components
from shared.settings.sections.digest import DigestSettings
from shared.store.files.data_folder import DataFolder


@dataclass(frozen=True)
class Outgoing:
    """The parts of it; `digest` is None where the settings name no SMTP server."""

    feed_keys: FeedKeys
    subscriptions: Subscriptions
    links: SignedLinks
    settings: DigestSettings
    digest: DailyDigest | None

    @classmethod
    def open(
        cls, data: DataFolder, components: Components, settings: DigestSettings, reader_address: str
    ) -> "Outgoing":
        """`reader_address` is where the reader answers, should the settings name no other for links in e-mails."""
        subscriptions, links = Subscriptions(data), SignedLinks(data)
        base = settings.reader_address or reader_address
        digest = DailyDigest(components, settings, base, subscriptions, links, Mailer(settings))
        return cls(FeedKeys(data), subscriptions, links, settings, digest if settings.smtp_host else None)
