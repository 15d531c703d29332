"""What a request of OAI-PMH asks for, with its arguments checked in the order in which arXiv does."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, quote, unquote, urlencode

from deploy.demo.oai_pmh.formats import FORMATS
from deploy.demo.papers.categories import KNOWN_SETS
from deploy.demo.papers.corpus import Corpus, Page

EARLIEST = "2005-09-16"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LIST_ARGUMENTS = {"verb", "metadataPrefix", "from", "until", "set"}


class OaiError(Exception):
    """An error of the protocol; `echo` holds the arguments that arXiv repeats in its answer."""

    def __init__(self, code: str, reason: str = "", echo: dict[str, str] | None = None) -> None:
        super().__init__(reason or code)
        self.code = code
        self.reason = reason
        self.echo = echo or {}


@dataclass(frozen=True, slots=True)
class Repository:
    """What an answer depends on besides the request."""

    corpus: Corpus
    today: date
    now: datetime
    base_url: str
    page_size: int = 2500
    identifiers_page_size: int = 20_000
    tokens_have_expired: bool = False
    hides_records: bool = False
    is_shifted: bool = False

    @property
    def latest(self) -> date:
        """A client that goes by the machine's clock may ask until its own today, though the demo's day is earlier."""
        return max(self.today, datetime.now(UTC).date())


@dataclass(frozen=True, slots=True)
class Selection:
    """A list request after its arguments were checked."""

    verb: str
    prefix: str
    since: str
    until: str
    set_spec: str | None
    skip: int
    echo: dict[str, str]

    def token_after(self, page: Page) -> str:
        """arXiv's token: the arguments of the next request, with `skip`, URL-encoded and quoted once more."""
        arguments = {**self.echo, "from": page.next_from}
        names = [name for name in ("verb", "metadataPrefix", "from", "until", "set") if name in arguments]
        return quote(urlencode([*((name, arguments[name]) for name in names), ("skip", str(page.next_skip))]))


def decode_token(token: str) -> dict[str, str]:
    arguments = {name: values[0] for name, values in parse_qs(unquote(token)).items()}
    if not arguments.get("skip", "").isdigit():
        raise OaiError("badResumptionToken", "Token decoding failed or format is invalid.")
    return arguments


def select(repository: Repository, arguments: dict[str, str]) -> Selection:
    """Checks the arguments of a list request in the order in which arXiv does."""
    verb, skip = arguments["verb"], 0
    echo = {"verb": verb}
    if "resumptionToken" in arguments:
        if set(arguments) != {"verb", "resumptionToken"}:
            raise OaiError("badArgument", "No other paramters allowed with resumptionToken")
        if repository.tokens_have_expired:
            raise OaiError("badResumptionToken", "Token decoding failed or format is invalid.")
        arguments = decode_token(arguments["resumptionToken"])
        skip = int(arguments.pop("skip")) + repository.is_shifted
        if arguments.get("verb") != verb:
            raise OaiError("badResumptionToken", "token from different verb")
    if "metadataPrefix" not in arguments:
        raise OaiError("badArgument", "metadataPrefix required.")
    if set(arguments) - _LIST_ARGUMENTS:
        raise OaiError("badArgument", f"Unallowed parameter. Allowed parameters: {', '.join(sorted(_LIST_ARGUMENTS))}")
    prefix = arguments["metadataPrefix"]
    if prefix not in FORMATS:
        raise OaiError("cannotDisseminateFormat", "Did not recognize requested format", echo)
    since, until = _day(arguments, "from"), _day(arguments, "until")
    set_spec = arguments.get("set") or None
    if set_spec and set_spec not in KNOWN_SETS:
        raise OaiError("badArgument", "Set has too many levels" if set_spec.count(":") > 2 else "Set does not exist")
    _check_days(since or EARLIEST, until or repository.today.isoformat(), repository.latest)
    echo |= {name: arguments[name] for name in ("metadataPrefix", "from", "until", "set") if arguments.get(name)}
    return Selection(verb, prefix, since or EARLIEST, until or repository.today.isoformat(), set_spec, skip, echo)


def _day(arguments: dict[str, str], name: str) -> str:
    value = arguments.get(name, "")
    if not value:
        return ""
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise OaiError("badArgument", f"{name} date format must be YYYY-MM-DD")


def _check_days(since: str, until: str, latest: date) -> None:
    if since > until:
        raise OaiError("badArgument", "until date must be greater than or equal to from date")
    if since < EARLIEST:
        raise OaiError("badArgument", "start date too early")
    if until > (latest + timedelta(days=1)).isoformat():
        raise OaiError("badArgument", "until date too late")
