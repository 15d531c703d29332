"""The summarizer's section of the settings."""

from datetime import time

from pydantic import Field, field_validator

from shared.settings.settings import CommonSettings, Section


class FieldSettings(Section):
    """One thing to find out about every paper. `cues`, `sections` and `place` help where no model is configured."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="name of the field, as in `method`")
    question: str = Field(min_length=3, max_length=500, description="what is asked of the paper")
    cues: tuple[str, ...] = Field((), description="words that mark a sentence as an answer")
    sections: tuple[str, ...] = Field((), description="words in the titles of sections where answers stand")
    place: float | None = Field(None, ge=0, le=1, description="where in the abstract: 0 its beginning, 1 its end")

    def __str__(self) -> str:
        return self.name


PROBLEM = FieldSettings(
    name="problem",
    question="What problem or open question does the paper address, and why does it matter?",
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
    question="What do the authors propose or do, and how does it work?",
    cues=(
        "we propose", "we present", "we introduce", "we develop", "we design", "we describe", "our method",
        "our approach", "our model", "our algorithm", "our framework", "this paper proposes", "this paper presents",
        "this paper introduces", "is based on", "we use", "we train", "by combining", "we prove", "we derive",
    ),
    sections=("method", "approach", "model", "algorithm", "proposed", "framework", "architecture", "construction"),
    place=0.45,
)  # fmt: skip
RESULT = FieldSettings(
    name="result",
    question="What did the authors find or achieve, with figures where given?",
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
    question="What limitations, weaknesses or open ends do the authors admit?",
    cues=(
        "limitation", "limited to", "does not", "do not", "cannot", "only consider", "only applies", "we assume",
        "future work", "left for future", "we leave", "drawback", "fails when", "fails for", "caveat", "not yet",
        "restricted to", "remains open", "threats to validity", "at the cost of",
    ),
    sections=("limitation", "discussion", "conclusion", "future", "threats"),
)  # fmt: skip


class SummarizerSettings(Section):
    fields: tuple[FieldSettings, ...] = Field(
        (PROBLEM, METHOD, RESULT, LIMITATIONS),
        min_length=1,
        max_length=20,
        description="fields of a summary: tables with name and question, and cues, sections, place if wanted",
    )
    claims_per_field: int = Field(2, ge=1, le=6, description="most claims a field")
    repair_rounds: int = Field(
        2, ge=0, le=5, description="how often a model may repair quotes that the paper does not have"
    )
    llm_attempts: int = Field(
        8, ge=1, description="tries a paper while the model's server is down; then its summary is extractive"
    )
    fewest_tags: int = Field(3, ge=1, le=10, description="tags a paper gets at least, where enough are known")
    most_tags: int = Field(6, ge=1, le=12, description="tags a paper gets at most")
    most_new_tags: int = Field(2, ge=0, le=12, description="tags that one paper may add to the index")
    same_tag_similarity: float = Field(
        0.7, ge=0, le=1, description="cosine below which a phrase is never taken for an existing tag"
    )
    sweep_time: time | None = Field(
        time(3, 30), description="when tags to merge, split or retire are looked for, by this machine's clock; or none"
    )
    sweep_applies_sure: bool = Field(False, description="carry out what the sweep is sure of; else it only proposes")
    qdrant_url: str | None = Field(None, description="a Qdrant server to use instead of the folder qdrant/")
    neighbours: int = Field(8, ge=0, le=50, description="most links to similar papers that have a summary")
    neighbour_similarity: float = Field(
        0.45, ge=-1, le=1, description="cosine from which two papers are linked as similar"
    )

    @field_validator("fields")
    @classmethod
    def _names_differ(cls, fields: tuple[FieldSettings, ...]) -> tuple[FieldSettings, ...]:
        names = [field.name for field in fields]
        if len(set(names)) < len(names):
            raise ValueError("two fields have the same name")
        return fields


class Settings(CommonSettings):
    summarizer: SummarizerSettings = SummarizerSettings()
