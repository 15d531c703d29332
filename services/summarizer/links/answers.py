"""What a model may answer when it is asked how papers are related, and nothing else."""

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from services.summarizer.text.passages import one_line, plain_text

RelationName = Literal[
    "extends", "improves", "uses_method_of", "applies_to", "contradicts", "compares_with", "same_problem"
]
RELATION_NAMES: tuple[RelationName, ...] = get_args(RelationName)
_LONGEST_QUOTE = 600


def _plain(value: object) -> object:
    return one_line(plain_text(value))[:_LONGEST_QUOTE] if isinstance(value, str) else value


class SaidRelation(BaseModel):
    """How this paper is related to the paper of a number; the quotes are words of either."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: int = Field(description="number of the other paper")
    relation: RelationName
    from_paper: Literal["this", "other"] = Field("this", description="the paper that does it: this one, or the other")
    confidence: Literal["high", "medium", "low"] = "medium"
    quote_of_this: Annotated[str, BeforeValidator(_plain)] = Field("", description="words copied from this paper")
    quote_of_other: Annotated[str, BeforeValidator(_plain)] = Field("", description="words copied from the other paper")


def _usable(value: object) -> object:
    """The items that are relations: one that is none takes no other with it."""
    if not isinstance(value, list):
        return value
    return [item for item in value if _is_relation(item)]


def _is_relation(item: object) -> bool:
    try:
        SaidRelation.model_validate(item)
    except ValidationError:
        return False
    return True


class Relations(BaseModel):
    """The relations that a model sees; most papers have none."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    relations: Annotated[tuple[SaidRelation, ...], BeforeValidator(_usable)]
