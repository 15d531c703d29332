"""The templates of the site's Markdown: a person's own in the data folder, or else those that come with papersys."""

import re
from collections.abc import Mapping
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError

from services.publisher.pages.cards import checked, field_label, in_order
from services.publisher.pages.templating import FOLDER, address_filters
from services.publisher.records.tag_slugs import tag_slug
from services.publisher.rendering.safe_html import first_words
from services.publisher.site.escaping import claim_text, quoted_yaml, site_text
from shared.errors import PermanentFailure, reason
from shared.paper_ids import folder_name, is_arxiv
from shared.paper_labels import paper_label

_FRONT_MATTER = re.compile(r"---\n.*?^---$", re.DOTALL | re.MULTILINE)


class SiteTemplates:
    """`own` is the folder of a person's templates, which need not exist; `arxiv` is where originals are found."""

    def __init__(self, own: Path, arxiv: str) -> None:
        self._own = own
        self._environment = _environment(own, arxiv)

    def render(self, name: str, **facts: object) -> str:
        """A file of the site. Raises PermanentFailure that names a person's template and what is wrong with it."""
        text = self._rendered(name, facts)
        if not _FRONT_MATTER.match(text):
            raise self._failure(name, "what it makes does not begin with front matter between two lines ---")
        return text

    def _rendered(self, name: str, facts: Mapping[str, object]) -> str:
        try:
            return self._environment.get_template(name).render(**facts)
        except RecursionError as error:
            raise self._failure(name, "it includes itself, or repeats itself without end") from error
        except TemplateSyntaxError as error:
            raise self._failure(name, f"{error.message} (line {error.lineno})") from error
        except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise self._failure(name, reason(error)) from error

    def _failure(self, name: str, problem: str) -> PermanentFailure:
        path = self._own / name
        if not path.exists():
            return PermanentFailure(f"The template {name} failed: {problem}")
        return PermanentFailure(f"{path} cannot be used: {problem}. Mend it, or delete it to get papersys' own back.")


def _environment(own: Path, arxiv: str) -> Environment:
    """Every text goes through `md` (body) or `yaml` (front matter)."""
    environment = Environment(
        loader=ChoiceLoader(
            [FileSystemLoader(own, encoding="utf-8-sig"), FileSystemLoader(FOLDER / "templates" / "site")]
        ),
        autoescape=False,  # noqa: S701
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "md": site_text,
        "claim": claim_text,
        "yaml": lambda value: quoted_yaml(str(value)),
        "yaml_list": lambda values: "[" + ", ".join(quoted_yaml(str(value)) for value in values) + "]",
        "field_label": field_label,
        "checked": checked,
        "in_order": in_order,
        "file": folder_name,
        "slug": tag_slug,
        "first_words": first_words,
        "paper_label": paper_label,
        **address_filters(arxiv),
    }
    environment.globals["is_arxiv"] = is_arxiv
    environment.globals["arxiv"] = arxiv
    return environment
