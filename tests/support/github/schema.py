"""The part of GitHub's GraphQL schema that discussions need, and its rules for pages, nodes and points.

Shapes as in GitHub's public schema; rules as in "Rate limits and query limits for the GraphQL API".
"""

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    build_schema,
)

SCHEMA = build_schema("""
scalar DateTime
enum OrderDirection { ASC DESC }
enum DiscussionOrderField { CREATED_AT UPDATED_AT }
enum ReactionOrderField { CREATED_AT }
enum ReactionContent { THUMBS_UP THUMBS_DOWN LAUGH HOORAY CONFUSED HEART ROCKET EYES }
input DiscussionOrder { field: DiscussionOrderField!, direction: OrderDirection! }
input ReactionOrder { field: ReactionOrderField!, direction: OrderDirection! }
interface Node { id: ID! }
interface Actor { login: String! }
interface Reactable {
  id: ID!
  reactions(first: Int, last: Int, after: String, before: String, orderBy: ReactionOrder): ReactionConnection!
}
type User implements Node & Actor { id: ID!, login: String! }
type Bot implements Node & Actor { id: ID!, login: String! }
type PageInfo { hasNextPage: Boolean!, endCursor: String }
type RateLimit { cost: Int!, limit: Int!, remaining: Int!, resetAt: DateTime!, used: Int! }
type Reaction implements Node { id: ID!, content: ReactionContent!, createdAt: DateTime!, user: User }
type ReactionConnection { totalCount: Int!, pageInfo: PageInfo!, nodes: [Reaction] }
type DiscussionComment implements Node & Reactable {
  id: ID!, body: String!, createdAt: DateTime!, updatedAt: DateTime!, lastEditedAt: DateTime, deletedAt: DateTime
  author: Actor
  reactions(first: Int, last: Int, after: String, before: String, orderBy: ReactionOrder): ReactionConnection!
  replies(first: Int, last: Int, after: String, before: String): DiscussionCommentConnection!
}
type DiscussionCommentConnection { totalCount: Int!, pageInfo: PageInfo!, nodes: [DiscussionComment] }
type Discussion implements Node & Reactable {
  id: ID!, number: Int!, title: String!, body: String!, createdAt: DateTime!, updatedAt: DateTime!, author: Actor
  reactions(first: Int, last: Int, after: String, before: String, orderBy: ReactionOrder): ReactionConnection!
  comments(first: Int, last: Int, after: String, before: String): DiscussionCommentConnection!
}
type DiscussionConnection { totalCount: Int!, pageInfo: PageInfo!, nodes: [Discussion] }
type DiscussionCategory implements Node { id: ID!, name: String!, slug: String! }
type DiscussionCategoryConnection { totalCount: Int!, pageInfo: PageInfo!, nodes: [DiscussionCategory] }
type Repository implements Node {
  id: ID!, nameWithOwner: String!, hasDiscussionsEnabled: Boolean!
  discussionCategories(first: Int, last: Int, after: String): DiscussionCategoryConnection!
  discussions(
    first: Int, last: Int, after: String, before: String, categoryId: ID, orderBy: DiscussionOrder
  ): DiscussionConnection!
}
type Query {
  viewer: User!
  rateLimit: RateLimit
  user(login: String!): User
  node(id: ID!): Node
  repository(owner: String!, name: String!): Repository
}
""")

MOST_NODES = 500_000
_PAGED = ("discussions", "reactions", "comments", "replies", "discussionCategories")


def cost_of(document: DocumentNode, variables: Mapping[str, Any]) -> tuple[int, int, list[str]]:
    """Points and nodes of a question, and what GitHub refuses in its pages."""
    problems: list[str] = []
    requests, nodes = 0, 0
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            more_requests, more_nodes = _walk(definition.selection_set, 1, variables, problems)
            requests, nodes = requests + more_requests, nodes + more_nodes
    return max(1, round(requests / 100)), nodes, problems


def _walk(
    selections: SelectionSetNode | None, times: int, variables: Mapping[str, Any], problems: list[str]
) -> tuple[int, int]:
    requests, nodes = 0, 0
    for selection in selections.selections if selections else ():
        assert not isinstance(selection, FragmentSpreadNode), "the stand-in knows no named fragments"
        inner, here = times, selection
        if isinstance(selection, FieldNode) and selection.name.value in _PAGED and _wants_nodes(selection):
            size = _page_size(selection, variables)
            if size is None or not 1 <= size <= 100:
                problems.append(f"`{selection.name.value}` needs `first` or `last` of 1 to 100, not {size}.")
                continue
            requests, nodes, inner = requests + times, nodes + times * size, times * size
        if isinstance(here, FieldNode | InlineFragmentNode):
            more_requests, more_nodes = _walk(here.selection_set, inner, variables, problems)
            requests, nodes = requests + more_requests, nodes + more_nodes
    return requests, nodes


def _wants_nodes(field: FieldNode) -> bool:
    names = [
        one.name.value
        for one in (field.selection_set.selections if field.selection_set else ())
        if isinstance(one, FieldNode)
    ]
    return names != ["totalCount"]


def _page_size(field: FieldNode, variables: Mapping[str, Any]) -> int | None:
    for argument in field.arguments or ():
        if argument.name.value in ("first", "last"):
            if isinstance(argument.value, IntValueNode):
                return int(argument.value.value)
            if isinstance(argument.value, VariableNode):
                value = variables.get(argument.value.name.value)
                return value if isinstance(value, int) else None
    return None
