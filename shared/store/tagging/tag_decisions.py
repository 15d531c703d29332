"""What was decided about tags: one line each in `tags/decisions.jsonl`, oldest first, nothing overwritten.

Everything else about tags is computed from these lines (shared/store/tagging/tag_index.py). What a sweep would decide
is a proposal, a line of `tags/proposals.jsonl`.
"""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict

Action = Literal[
    "map",
    "propose",
    "create",
    "accept",
    "merge",
    "keep_apart",
    "rename",
    "describe",
    "parent",
    "reject",
    "retire",
    "undo",
]
"""What a decision does.

`map` says which tag a phrase means. `propose` makes a tag that waits for a second paper, `create` one that counts at
once, `accept` lets a waiting, rejected or retired one count. `merge` takes a tag for another, `into`; `keep_apart` says
that it is not the other. `parent` files it under a broader one, `into`; with `into` empty under none. `reject` and
`retire` take a tag away; a phrase that was rejected never comes back by itself. `undo` makes another decision undone.
"""


def _by_its_new_name(how: object) -> object:
    """Decisions of earlier versions say `owner` where a user decided."""
    return "user" if how == "owner" else how


How = Annotated[
    Literal["seed", "spelling", "abbreviation", "meaning", "model", "new", "second paper", "sweep", "user"],
    BeforeValidator(_by_its_new_name),
]
"""Who or what decided, or by what."""


class TagDecision(BaseModel):
    """A decision: what, about which tag (`slug`), by what, how sure (a cosine; 1 for spelling), for which paper, why.

    `phrase` is the raw tag of a `map` or `reject`, and the label of a new tag. `into` is the other tag. `text` is the
    new label of a `rename`, the text of a `describe`. `undoes` is the id of the decision that an `undo` undoes.
    Lines of earlier versions have no `action`: they are maps.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    action: Action = "map"
    phrase: str = ""
    slug: str = ""
    into: str = ""
    text: str = ""
    how: How
    score: float = 1.0
    why: str = ""
    paper_id: str | None = None
    undoes: str = ""
    made_at: AwareDatetime

    @property
    def decision_id(self) -> str:
        """Twelve letters of a hash of what it says, so that lines of every version have one."""
        return hashlib.sha256(self.model_dump_json(exclude_defaults=True).encode()).hexdigest()[:12]


def in_force(decisions: Sequence[TagDecision]) -> list[TagDecision]:
    """The decisions that nobody undid, oldest first; an undo that was undone itself counts for nothing."""
    undone: set[str] = set()
    standing = []
    for decision in reversed(decisions):
        if undone and decision.decision_id in undone:
            continue
        if decision.action == "undo":
            undone.add(decision.undoes)
        else:
            standing.append(decision)
    return standing[::-1]


ProposedAction = Literal["merge", "split", "parent", "retire"]


class TagProposal(BaseModel):
    """Something the sweep would do to a tag: merge or file it `into` another, split off a `phrase`, retire it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    what: ProposedAction
    slug: str
    into: str = ""
    phrase: str = ""
    score: float = 1.0
    sure: bool = False
    why: str = ""
    made_at: AwareDatetime

    def in_words(self) -> str:
        """One line for people."""
        done = {
            "merge": f"merge {self.slug} into {self.into}",
            "split": f"split {self.phrase} off {self.slug}",
            "parent": f"file {self.slug} under {self.into}",
            "retire": f"retire {self.slug}",
        }[self.what]
        return f"{'sure' if self.sure else 'perhaps'}: {done} ({self.why})"

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.what, self.slug, self.into, self.phrase
