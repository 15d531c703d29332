"""Reads discussions whole: all pages of them, of their reactions, comments and replies."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Literal

from services.feedback.giscus.github.answers import Comment, Head, Page, Reaction, count_of, page_of, read_node
from services.feedback.giscus.github.client import GitHub
from services.feedback.giscus.github.queries import DISCUSSIONS, MORE_REACTIONS, comments_query, replies_query
from services.feedback.giscus.github.refusals import missing_repository
from shared.settings.sections.giscus import GiscusSettings

_PAGE = 50
_COMMENTS = 25
_MOST = 100

Order = Literal["changed", "created"]
_ORDERS = {
    "changed": {"field": "UPDATED_AT", "direction": "DESC"},
    "created": {"field": "CREATED_AT", "direction": "ASC"},
}
"""By creation no page moves while the next one is asked for; by change, what is new comes first."""


@dataclass
class Discussion:
    """What was said in a discussion. Only of a part that is whole can be told what is no longer there.

    `comments` and the reactions to them are None until they were read.
    """

    head: Head
    reactions: list[Reaction]
    is_whole: bool
    comment_count: int | None
    comments: list[Comment] | None = None
    comment_reactions: list[Reaction] = field(default_factory=list)
    comments_are_whole: bool = False


@dataclass(frozen=True)
class DiscussionPage:
    """Some discussions; `problems` say what GitHub left out."""

    discussions: list[Discussion]
    is_whole: bool
    problems: tuple[str, ...]


class Discussions:
    """The discussions of one category, or of all."""

    def __init__(self, github: GitHub, settings: GiscusSettings, category_id: str | None) -> None:
        self._github, self._category_id = github, category_id
        self._repo = settings.repo
        self._with_reactions = settings.reactions_on_comments

    async def pages(self, order: Order) -> AsyncIterator[DiscussionPage]:
        """Page after page. Raises PermanentFailure and TemporaryFailure."""
        owner, _, name = self._repo.partition("/")
        facts = {"owner": owner, "name": name, "category": self._category_id, "order": _ORDERS[order], "first": _PAGE}
        cursor: str | None = None
        while True:
            answer = await self._github.ask(DISCUSSIONS, {**facts, "after": cursor})
            repository = answer.data.get("repository")
            if not isinstance(repository, dict):
                raise missing_repository(self._repo, answer.problems)
            page = page_of(repository.get("discussions"))
            read = [await self._discussion(node) for node in page.nodes]
            found = [discussion for discussion in read if discussion is not None]
            yield DiscussionPage(found, page.is_whole and len(found) == len(page.nodes), answer.problems)
            if page.next_cursor is None or page.next_cursor == cursor:
                return
            cursor = page.next_cursor

    async def read_comments(self, discussion: Discussion) -> None:
        """Add all comments and replies."""
        discussion.comments, discussion.comments_are_whole = [], True
        query = comments_query(with_reactions=self._with_reactions)
        async for node in self._nodes(query, discussion.head.id, "comments", None, discussion, first=_COMMENTS):
            await self._take_comment(discussion, node)
            await self._take_replies(discussion, node)

    async def _discussion(self, node: dict[str, Any]) -> Discussion | None:
        head = read_node(Head, node)
        if head is None:
            return None
        page = page_of(node.get("reactions"))
        discussion = Discussion(head, [], page.is_whole, count_of(node.get("comments")))
        reactions, is_whole = await self._reactions(head.id, page)
        discussion.reactions, discussion.is_whole = reactions, is_whole
        return discussion

    async def _reactions(self, node_id: str, page: Page) -> tuple[list[Reaction], bool]:
        """All reactions to something whose first page is known, and whether none is missing."""
        reactions: list[Reaction] = []
        is_whole = True
        while True:
            read = [read_node(Reaction, node) for node in page.nodes]
            reactions += [reaction for reaction in read if reaction is not None]
            is_whole = is_whole and page.is_whole and None not in read
            if page.next_cursor is None:
                return reactions, is_whole
            facts = {"id": node_id, "first": _MOST, "after": page.next_cursor}
            page = await self._page(MORE_REACTIONS, facts, "reactions")

    async def _take_replies(self, discussion: Discussion, comment: dict[str, Any]) -> None:
        first = page_of(comment.get("replies"))
        query = replies_query(with_reactions=self._with_reactions)
        async for node in self._nodes(query, comment.get("id"), "replies", first, discussion, first=_MOST):
            await self._take_comment(discussion, node)

    async def _take_comment(self, discussion: Discussion, node: dict[str, Any]) -> None:
        comment = read_node(Comment, node)
        if comment is None or discussion.comments is None:
            discussion.comments_are_whole = False
            return
        discussion.comments.append(comment)
        if self._with_reactions:
            reactions, is_whole = await self._reactions(comment.id, page_of(node.get("reactions")))
            discussion.comment_reactions += reactions
            discussion.comments_are_whole = discussion.comments_are_whole and is_whole

    async def _nodes(
        self, query: str, node_id: Any, name: str, page: Page | None, discussion: Discussion, *, first: int
    ) -> AsyncIterator[dict[str, Any]]:
        """The nodes of a list of comments, page by page, from `page` on where that is known."""
        cursor: str | None = None
        while True:
            if page is None:
                page = await self._page(query, {"id": node_id, "first": first, "after": cursor}, name)
            discussion.comments_are_whole = discussion.comments_are_whole and page.is_whole
            for node in page.nodes:
                yield node
            if page.next_cursor is None or page.next_cursor == cursor or not isinstance(node_id, str):
                return
            cursor, page = page.next_cursor, None

    async def _page(self, query: str, facts: dict[str, Any], name: str) -> Page:
        answer = await self._github.ask(query, facts)
        node = answer.data.get("node")
        return page_of(node.get(name) if isinstance(node, dict) else None)
