"""What a model is told about a paper, whose text is data from a stranger: fenced by a mark that it cannot contain."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from services.summarizer.agent.answers import answer_class
from services.summarizer.agent.languages import language_name
from services.summarizer.agent.prompt_files import Prompts
from services.summarizer.llm.messages import ChatMessage, fence_mark
from services.summarizer.llm.structured import strict_schema
from services.summarizer.settings import SummarizerSettings

_MOST_PROBLEMS, _MOST_PASSAGES = 12, 6


@dataclass(frozen=True)
class PaperPrompts:
    """The prompts of one reading, by the files and settings as they are now."""

    prompts: Prompts
    settings: SummarizerSettings

    @property
    def hash(self) -> str:
        """Identifies what made a summary; changes with prompts, fields, language and the form of answers."""
        settings = self.settings
        fields = [field.model_dump(mode="json", include=_OF_THE_PROMPT) for field in settings.fields]
        schema = strict_schema(answer_class(settings.fields, settings.claims_per_field))
        parts = json.dumps([self.prompts.hash, fields, settings.claims_per_field, settings.language, schema])
        return hashlib.sha256(parts.encode()).hexdigest()[:16]

    def extraction(self, title: str, text: str) -> list[ChatMessage]:
        """The conversation that asks for the fields of one paper. Raises SettingsError."""
        settings = self.settings
        paper = f"Title: {title}\n\n{text}"
        mark = fence_mark(paper)
        system = self.prompts.render(
            "extract",
            mark=mark,
            fields=settings.fields,
            claims=settings.claims_per_field,
            language=language_name(settings.language),
            form=_form(answer_class(settings.fields, settings.claims_per_field)),
        )
        return [{"role": "system", "content": system}, {"role": "user", "content": f"{mark}\n{paper}\n{mark}"}]

    def repair(
        self,
        conversation: Sequence[ChatMessage],
        answer: str,
        problems: Sequence[str],
        names: Sequence[str],
        passages: Sequence[str] = (),
    ) -> list[ChatMessage]:
        """The conversation that asks for some fields again; `passages` of the paper may help. Raises SettingsError."""
        fields = [field for field in self.settings.fields if field.name in names]
        told = self.prompts.render(
            "repair",
            mark=conversation[1]["content"].partition("\n")[0],
            problems=[shortened_problem(problem) for problem in problems[:_MOST_PROBLEMS]],
            fields=[field.name for field in fields],
            passages=passages[:_MOST_PASSAGES],
            language=language_name(self.settings.language),
            form=_form(answer_class(fields, self.settings.claims_per_field, tags=False)),
        )
        return [*conversation, {"role": "assistant", "content": answer}, {"role": "user", "content": told}]


_OF_THE_PROMPT = {"name", "instruction", "kind", "choices", "evidence"}


def _form(kind: type[BaseModel]) -> str:
    """The schema of answers. In the prompt itself, so that a repair begins with the very words that went before."""
    return json.dumps(strict_schema(kind))


def shortened_problem(problem: str, most_chars: int = 300) -> str:
    """A problem in one line; a long quote in it says enough by its beginning."""
    line = " ".join(problem.split())
    return line if len(line) <= most_chars else f"{line[: most_chars - 1]}…"
