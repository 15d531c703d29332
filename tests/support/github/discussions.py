"""What a stand-in for GitHub holds: discussions with reactions, comments and replies, accounts, points, and faults."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

TOKEN = "github_pat_for_the_tests"
REPO = "ada/papers"
CATEGORY = "DIC_kwDOAnnounce"


@dataclass
class Reacted:
    """A reaction; without `login`, of a deleted account."""

    id: str
    content: str
    login: str | None
    at: datetime


@dataclass
class Commented:
    """A comment or a reply."""

    id: str
    body: str
    login: str | None
    at: datetime
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    reactions: list[Reacted] = field(default_factory=list)
    replies: list["Commented"] = field(default_factory=list)


@dataclass
class Discussed:
    """A discussion; reactions do not change `updated_at`, comments and replies do."""

    id: str
    title: str
    category: str
    at: datetime
    updated_at: datetime
    reactions: list[Reacted] = field(default_factory=list)
    comments: list[Commented] = field(default_factory=list)


@dataclass
class GitHubFaults:
    """What goes wrong; counts go down with each time that it did."""

    secondary: int = 0
    """Questions refused by the secondary limit, with Retry-After: 1."""
    silent_secondary: int = 0
    """The same with 200 and nothing but a message."""
    bad_gateways: int = 0
    broken: int = 0
    """Answers 200 with an error and no data: what GitHub says when it runs out of time."""
    garbage: int = 0
    heavy_above: int = 100
    """Larger pages than this are answered 502."""
    missing_discussions: tuple[str, ...] = ()
    """Titles that are null in lists, with an error beside the data."""
    token_expired: bool = False
    dies_after: int | None = None
    """Closes the connection on every question after so many."""


@dataclass
class GitHubServer:
    """`questions` holds the operation's name, variables and cost of each that was answered with data."""

    limit: int = 5_000
    faults: GitHubFaults = field(default_factory=GitHubFaults)
    categories: dict[str, str] = field(default_factory=lambda: {CATEGORY: "Announcements", "DIC_kwDOIdeas": "Ideas"})
    accounts: dict[str, str] = field(default_factory=lambda: {"ada": "U_ada", "eve": "U_eve", "bob": "U_bob"})
    bots: set[str] = field(default_factory=set)
    discussions: list[Discussed] = field(default_factory=list)
    questions: list[tuple[str, dict[str, Any], int]] = field(default_factory=list)
    refusals: int = 0
    used: int = 0
    window_seconds: float = 3_600.0
    reset_at: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(hours=1))
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def points(self) -> int:
        return sum(cost for _, _, cost in self.questions)

    def discuss(self, title: str, at: datetime, category: str = CATEGORY) -> Discussed:
        discussed = Discussed(f"D_kwDO{len(self.discussions):06d}", title, category, at, at)
        self.discussions.append(discussed)
        return discussed

    def react(self, on: Discussed | Commented, login: str | None, content: str, at: datetime) -> Reacted:
        reacted = Reacted(f"REA_{on.id[-12:]}_{len(on.reactions)}_{at:%H%M%S%f}", content, login, at)
        on.reactions.append(reacted)
        return reacted

    def comment(
        self, on: Discussed, login: str | None, body: str, at: datetime, to: Commented | None = None
    ) -> Commented:
        said = to.replies if to else on.comments
        commented = Commented(f"DC_{(to or on).id[-12:]}_{len(said)}", body, login, at)
        said.append(commented)
        on.updated_at = max(on.updated_at, at)
        return commented
