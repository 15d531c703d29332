"""A day's picks as an e-mail: plain text and HTML, with signed links."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import quote

from jinja2 import Environment

from services.publisher.outlets.digest.signed_links import MailAction, SignedLinks, Wish
from services.publisher.outlets.feeds.feed import plain_title
from services.publisher.pages.cards import Card
from services.publisher.pages.templating import paper_path
from services.publisher.rendering.dates import long_date
from services.publisher.rendering.safe_html import without_controls


@dataclass(frozen=True)
class DigestLinks:
    """Where the links of one user's digest lead; `base` is the reader's address without a slash at its end."""

    base: str
    user: str
    signed: SignedLinks

    def paper(self, card: Card) -> str:
        return f"{self.base}{paper_path(card.paper_id)}"

    def rate(self, card: Card, wish: Wish) -> str:
        return f"{self.base}/mail/rate?t={self.signed.token(MailAction(wish, self.user, card.paper_id))}"

    @property
    def unsubscribe(self) -> str:
        return f"{self.base}/mail/unsubscribe?t={self.signed.token(MailAction('unsubscribe', self.user))}"


def build_message(
    environment: Environment, day: date, cards: list[Card], links: DigestLinks, sender: str, to: str, now: datetime
) -> EmailMessage:
    """The e-mail of a day. The same day and user make the same Message-ID, so that one sent twice is shown once.

    Raises TemporaryFailure where links cannot be signed.
    """
    count = f"{len(cards)} {'pick' if len(cards) == 1 else 'picks'}"
    facts = {"day": day, "cards": cards, "links": links, "count": count, "plain_title": plain_title, "line": one_line}
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"{count} for {long_date(day)}"
    message["From"] = Address("papersys", addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = _message_id(day, links, to, sender)
    message["List-Unsubscribe"] = f"<{links.unsubscribe}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["List-ID"] = f"papersys picks <picks.papersys.{quote(sender.rpartition('@')[2])}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(environment.get_template("mail/digest.txt").render(facts))
    message.add_alternative(environment.get_template("mail/digest.html").render(facts), subtype="html")
    return message


def one_line(text: str) -> str:
    """Text of a paper in a plain e-mail."""
    return " ".join(without_controls(text).split())


def _message_id(day: date, links: DigestLinks, to: str, sender: str) -> str:
    name = hashlib.sha256(f"{links.user} {to}".encode()).hexdigest()[:16]
    return f"<digest-{day}-{name}@{sender.rpartition('@')[2]}>"
