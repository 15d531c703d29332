"""What a model may answer when it is asked how papers are related, and nothing else."""

import re
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

RelationName = Literal[
    "extends", "improves", "uses_method_of", "applies_to", "contradicts", "compares_with", "same_problem"
]
RELATION_NAMES: tuple[RelationName, ...] = get_args(RelationName)
_LABEL = re.compile(r"(?:t|\d{1,3}\.)\d{1,3}")


def _label(value: object) -> object:
    """The label in what a model made of it: `[3.2]`, `Sentence 3.2`, `T4`."""
    match = _LABEL.search(value.lower()) if isinstance(value, str) else None
    return match.group() if match else ""


class SaidRelation(BaseModel):
    """How this paper is related to another; the labels are those of a sentence of either, empty where none is."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    evidence_of_this: Annotated[str, BeforeValidator(_label)] = Field("", description="label of this paper's sentence")
    evidence_of_other: Annotated[str, BeforeValidator(_label)] = Field(description="label of the other's sentence")
    relation: RelationName
    from_paper: Literal["this", "other"] = Field("this", description="the paper that does it: this one, or the other")
    confidence: Literal["high", "medium", "low"] = "medium"

    @property
    def number(self) -> int | None:
        """The other paper's number, which its sentence's label begins with."""
        number = self.evidence_of_other.partition(".")[0]
        return int(number) if number.isdigit() else None


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
