"""What a person already did with papers: liked, saved, disliked or read them; and citations coloured by it."""

import re
from collections.abc import Mapping
from typing import Literal

from markupsafe import Markup

from services.publisher.records.ratings import Ratings

Standing = Literal["liked", "saved", "disliked", "read"]
_CITE = re.compile(r'<a class="cite" href="([^"#]*#ref-(\d+))"')


def standings_of(ratings: Ratings) -> dict[str, Standing]:
    """The standing of every paper that the person did something with; of several the one that says most.

    A like says more than Save, Save more than a dislike, and a rating more than that the page was opened.
    """
    current, library = ratings.current(), ratings.library
    standings: dict[str, Standing] = dict.fromkeys(library.opened(), "read")
    standings |= {paper_id: "disliked" for paper_id, rating in current.items() if rating.label == "dislike"}
    standings |= dict.fromkeys(library.saved(), "saved")
    return standings | {paper_id: "liked" for paper_id, rating in current.items() if rating.label == "like"}


def coloured(html: Markup | str | None, standings: Mapping[int, Standing]) -> Markup:
    """HTML of a text with each citation marked by what the person did with the paper; `standings` by reference.

    Says it in words too, because a colour alone says nothing to some.
    """

    def marked(match: re.Match[str]) -> str:
        standing = standings.get(int(match[2]))
        known = f' data-standing="{standing}" aria-label="{match[2]}, {standing}"' if standing else ""
        return f'<a class="cite" href="{match[1]}" data-reference="{match[2]}"{known}'

    return Markup(_CITE.sub(marked, str(html or "")))  # noqa: S704 - only numbers and our own words are added
