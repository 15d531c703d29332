"""What the people who count said in a discussion: a reaction is a vote, and so is a comment with an emoji or a command.

Strangers are counted and nothing else is kept of them.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from services.feedback.giscus.accounts import AllowedAccounts
from services.feedback.giscus.github.answers import Account, Comment, Reaction
from services.feedback.giscus.github.discussions import Discussion
from shared.contracts import Label
from shared.settings.sections.giscus import Meaning, emoji_of, plain_emoji

Part = Literal["r", "c"]
"""Where a vote stands: among the reactions to a discussion, or among its comments."""

_PLAIN_ID = re.compile(r"[A-Za-z0-9_=-]{1,80}", re.ASCII)
_COMMANDS: Mapping[str, Label] = {"/like": "like", "/dislike": "dislike", "/clear": "clear"}
_SHORTCODE = re.compile(r":([a-z0-9_+-]{2,20}):", re.ASCII | re.IGNORECASE)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_QUOTED = re.compile(r"^\s*>.*$", re.MULTILINE)
_MOST_CHARACTERS = 20_000


@dataclass(frozen=True)
class Vote:
    """`label` is None for a word that says nothing of the paper; `actor` is a login of the settings."""

    node: str
    part: Part
    label: Label | None
    actor: str
    at: datetime


@dataclass
class Counts:
    """Whose words were read; `strangers` are accounts that do not count, by id, for as long as a reading takes."""

    reactions: int = 0
    comments: int = 0
    strangers_reactions: int = 0
    strangers_comments: int = 0
    of_deleted_accounts: int = 0
    unclear_comments: int = 0
    strangers: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Votes:
    """All votes that count; `nodes` are all words that are there, strangers' too; `whole` are the parts read whole."""

    votes: tuple[Vote, ...]
    nodes: frozenset[str]
    whole: frozenset[Part]


def votes_of(
    discussion: Discussion, accounts: AllowedAccounts, meanings: Mapping[str, Meaning], counts: Counts
) -> Votes:
    """Read what was said; `counts` takes in who said it."""
    reader = _Reader(accounts, meanings, counts)
    for reaction in discussion.reactions:
        reader.take_reaction(reaction, "r")
    for comment in discussion.comments or ():
        reader.take_comment(comment)
    for reaction in discussion.comment_reactions:
        reader.take_reaction(reaction, "c")
    whole: set[Part] = {"r"} if discussion.is_whole else set()
    if discussion.comment_count == 0 or discussion.comments_are_whole:
        whole.add("c")
    return Votes(tuple(sorted(reader.votes, key=lambda vote: vote.at)), frozenset(reader.nodes), frozenset(whole))


def label_of_comment(body: str, meanings: Mapping[str, Meaning]) -> Label | Literal["unclear"] | None:
    """What a comment says of the paper: by `/like` and the like at the start of a line, else by its emojis.

    Quotes and code are not the writer's own words. Emojis that contradict each other are unclear; so is no rating made.
    """
    text = _QUOTED.sub("", _CODE.sub("", plain_emoji(body[:_MOST_CHARACTERS])))
    commands = [line.split()[0].casefold() for line in text.splitlines() if line.strip()]
    labels = {_COMMANDS[word] for word in commands if word in _COMMANDS} or _labels_of_emojis(text, meanings)
    if len(labels) > 1:
        return "unclear"
    return next(iter(labels), None)


def short_id(node_id: str) -> str:
    """A node's id as it stands in an event's id: as it is, or its hash where it is long or odd."""
    return node_id if _PLAIN_ID.fullmatch(node_id) else hashlib.sha256(node_id.encode("utf-8", "replace")).hexdigest()


def _labels_of_emojis(text: str, meanings: Mapping[str, Meaning]) -> set[Label]:
    spelt = _SHORTCODE.sub(lambda match: _emoji(match[0]), text)
    said = {meaning for emoji, meaning in meanings.items() if emoji in spelt}
    return {meaning for meaning in said if meaning != "nothing"}


def _emoji(name: str) -> str:
    try:
        return emoji_of(name)
    except ValueError:
        return name


class _Reader:
    def __init__(self, accounts: AllowedAccounts, meanings: Mapping[str, Meaning], counts: Counts) -> None:
        self._accounts, self._meanings, self._counts = accounts, meanings, counts
        self.votes: list[Vote] = []
        self.nodes: set[str] = set()

    def take_reaction(self, reaction: Reaction, part: Part) -> None:
        node = short_id(reaction.id)
        self.nodes.add(node)
        actor = self._accounts.name_of(reaction.user)
        if actor is None:
            self._counts.strangers_reactions += 1
            self._count_stranger(reaction.user)
            return
        self._counts.reactions += 1
        self.votes.append(Vote(node, part, self._meaning(reaction.content), actor, reaction.at))

    def take_comment(self, comment: Comment) -> None:
        if comment.deleted_at is not None:
            return
        node = short_id(comment.id)
        self.nodes.add(node)
        actor = self._accounts.name_of(comment.author)
        if actor is None:
            self._counts.strangers_comments += 1
            self._count_stranger(comment.author)
            return
        self._counts.comments += 1
        label = label_of_comment(comment.body, self._meanings)
        self._counts.unclear_comments += label == "unclear"
        self.votes.append(Vote(node, "c", None if label == "unclear" else label, actor, comment.at))

    def _count_stranger(self, account: Account | None) -> None:
        if account is None:
            self._counts.of_deleted_accounts += 1
        else:
            self._counts.strangers.add(account.id or account.login)

    def _meaning(self, content: str) -> Label | None:
        """Of a reaction; of one that GitHub has added since, nothing."""
        try:
            meaning = self._meanings.get(emoji_of(content), "nothing")
        except ValueError:
            return None
        return None if meaning == "nothing" else meaning
