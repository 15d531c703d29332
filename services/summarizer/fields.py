"""The fields of a summary: what is found out about every paper, as the settings say it."""

from typing import Any, Literal

from pydantic import Field, model_validator

from shared.settings.settings import Section

FieldKind = Literal["text", "list", "choice"]


class FieldSettings(Section):
    """One thing to find out about every paper. `cues`, `sections` and `place` help where no model is configured."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="name of the field, as in `method`")
    instruction: str = Field(min_length=3, max_length=500, description="what is asked of the paper")
    kind: FieldKind = Field("text", description="text (statements), list (short items) or choice (one of `choices`)")
    choices: tuple[str, ...] = Field((), max_length=30, description="the allowed answers of a choice")
    evidence: bool = Field(True, description="whether each statement must quote the paper")
    cues: tuple[str, ...] = Field((), description="words that mark a sentence as an answer")
    sections: tuple[str, ...] = Field((), description="words in the titles of sections where answers stand")
    place: float | None = Field(None, ge=0, le=1, description="where in the abstract: 0 its beginning, 1 its end")

    @model_validator(mode="before")
    @classmethod
    def _from_question(cls, values: Any) -> Any:
        """Settings of earlier versions say `question` for `instruction`."""
        if not isinstance(values, dict) or "question" not in values:
            return values
        rest = {key: value for key, value in values.items() if key != "question"}
        return {"instruction": values["question"], **rest}

    @model_validator(mode="after")
    def _choices_fit(self) -> "FieldSettings":
        if self.kind == "choice":
            if len(self.choices) < 2 or len({choice.casefold() for choice in self.choices}) < len(self.choices):
                raise ValueError(f"the choice {self.name} needs two or more different choices")
            if any(not choice.strip() or len(choice) > 60 for choice in self.choices):
                raise ValueError(f"each of the choices of {self.name} must have 1 to 60 characters")
        elif self.choices:
            raise ValueError(f'{self.name} has choices, so its kind must be "choice"')
        return self

    @property
    def question(self) -> str:
        """The instruction by its old name."""
        return self.instruction

    def __str__(self) -> str:
        return self.name


ONE_SENTENCE = FieldSettings(
    name="one_sentence_summary",
    instruction="What the paper does and what comes of it, in one sentence for a researcher of the field.",
    cues=("we propose", "we present", "we introduce", "this paper", "in this work", "we show", "we study"),
    sections=("introduction", "conclusion"),
    place=0.5,
)
PROBLEM = FieldSettings(
    name="problem",
    instruction="What problem or open question does the paper address, and why does it matter?",
    cues=(
        "however", "remains", "challenge", "challenging", "difficult", "problem of", "the problem", "lack of", "suffer",
        "limited by", "little is known", "unclear", "open question", "bottleneck", "expensive", "fail to", "struggle",
        "we address", "we study", "we consider", "we investigate", "crucial", "important",
    ),
    sections=("introduction", "background", "motivation", "problem"),
    place=0.1,
)  # fmt: skip
METHOD = FieldSettings(
    name="method",
    instruction="What do the authors propose or do, and how does it work?",
    cues=(
        "we propose", "we present", "we introduce", "we develop", "we design", "we describe", "our method",
        "our approach", "our model", "our algorithm", "our framework", "this paper proposes", "this paper presents",
        "this paper introduces", "is based on", "we use", "we train", "by combining", "we prove", "we derive",
    ),
    sections=("method", "approach", "model", "algorithm", "proposed", "framework", "architecture", "construction"),
    place=0.45,
)  # fmt: skip
EXPERIMENT = FieldSettings(
    name="experiment",
    instruction="How was it tested: on which data, tasks or systems, against what, measured how? Not the outcome.",
    cues=(
        "we evaluate", "we test", "evaluated on", "data set", "dataset", "benchmark", "baseline", "we conduct",
        "experiments on", "we simulate", "we measure", "participants", "case study", "observations of",
    ),
    sections=("experiment", "evaluation", "setup", "data", "implementation", "simulation", "observation"),
    place=0.7,
)  # fmt: skip
RESULT = FieldSettings(
    name="result",
    instruction="What did the authors find or achieve, with figures where given?",
    cues=(
        "we show", "we find", "we found", "results show", "experiments show", "outperform", "improves", "improvement",
        "achieve", "state-of-the-art", "state of the art", "demonstrate", "reduces", "faster", "accuracy", "we observe",
        "percent", "%", "compared to", "compared with", "we obtain", "we conclude", "theorem",
    ),
    sections=("result", "experiment", "evaluation", "conclusion", "discussion", "finding"),
    place=0.9,
)  # fmt: skip
LIMITATIONS = FieldSettings(
    name="limitations",
    instruction="What limitations, weaknesses or open ends do the authors admit?",
    cues=(
        "limitation", "limited to", "does not", "do not", "cannot", "only consider", "only applies", "we assume",
        "future work", "left for future", "we leave", "drawback", "fails when", "fails for", "caveat", "not yet",
        "restricted to", "remains open", "threats to validity", "at the cost of",
    ),
    sections=("limitation", "discussion", "conclusion", "future", "threats"),
)  # fmt: skip
FURTHER_THOUGHTS = FieldSettings(
    name="further_thoughts",
    instruction="One idea of your own that the paper does not state: what to try next, or to doubt. One sentence.",
    evidence=False,
)
INSTITUTIONS = FieldSettings(
    name="institutions",
    instruction="Each institution of the authors that the text names, by its name; [] where it names none.",
    kind="list",
    sections=("affiliation",),
)

DEFAULT_FIELDS = (
    ONE_SENTENCE,
    PROBLEM,
    METHOD,
    EXPERIMENT,
    RESULT,
    LIMITATIONS,
    FURTHER_THOUGHTS,
    INSTITUTIONS,
)
