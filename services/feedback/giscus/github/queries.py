"""The questions to GitHub's GraphQL API (https://docs.github.com/graphql/reference), each page at most 100 long.

What a question costs goes by its connections, not by its nodes: a page of discussions with all their reactions costs as
much as one without.
"""

_PAGE = "pageInfo { hasNextPage endCursor }"
_REACTIONS = f"{_PAGE} nodes {{ id content createdAt user {{ id login }} }}"
_RATE = "rateLimit { cost limit remaining resetAt }"
_ORDER = "orderBy: {field: CREATED_AT, direction: ASC}"

REPOSITORY = f"""
query Repository($owner: String!, $name: String!) {{
  {_RATE}
  viewer {{ login }}
  repository(owner: $owner, name: $name) {{
    nameWithOwner
    hasDiscussionsEnabled
    discussionCategories(first: 100) {{ nodes {{ id name slug }} }}
  }}
}}"""

ACCOUNT = f"query Account($login: String!) {{ {_RATE} user(login: $login) {{ id login }} }}"

DISCUSSIONS = f"""
query Discussions(
  $owner: String!, $name: String!, $category: ID, $order: DiscussionOrder!, $first: Int!, $after: String
) {{
  {_RATE}
  repository(owner: $owner, name: $name) {{
    discussions(first: $first, after: $after, categoryId: $category, orderBy: $order) {{
      {_PAGE}
      nodes {{
        id title createdAt updatedAt
        comments {{ totalCount }}
        reactions(first: 100, {_ORDER}) {{ {_REACTIONS} }}
      }}
    }}
  }}
}}"""

MORE_REACTIONS = f"""
query Reactions($id: ID!, $first: Int!, $after: String) {{
  {_RATE}
  node(id: $id) {{ ... on Reactable {{ reactions(first: $first, after: $after, {_ORDER}) {{ {_REACTIONS} }} }} }}
}}"""


def comments_query(*, with_reactions: bool) -> str:
    """Comments of a discussion, each with the first of its replies."""
    comment = _comment(with_reactions)
    return f"""
query Comments($id: ID!, $first: Int!, $after: String) {{
  {_RATE}
  node(id: $id) {{
    ... on Discussion {{
      comments(first: $first, after: $after) {{
        {_PAGE}
        nodes {{ {comment} replies(first: 20) {{ {_PAGE} nodes {{ {comment} }} }} }}
      }}
    }}
  }}
}}"""


def replies_query(*, with_reactions: bool) -> str:
    """Further replies to a comment."""
    return f"""
query Replies($id: ID!, $first: Int!, $after: String) {{
  {_RATE}
  node(id: $id) {{
    ... on DiscussionComment {{
      replies(first: $first, after: $after) {{ {_PAGE} nodes {{ {_comment(with_reactions)} }} }}
    }}
  }}
}}"""


def _comment(with_reactions: bool) -> str:
    reactions = f" reactions(first: 20, {_ORDER}) {{ {_REACTIONS} }}" if with_reactions else ""
    return f"id body createdAt lastEditedAt deletedAt author {{ login ... on Node {{ id }} }}{reactions}"
