"""`init`: a settings file of one's own."""

import importlib
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from deploy.commands.context import console, shown_path
from shared.errors import PapersysError
from shared.settings import FILE_NAME

_TEMPLATE = Path(__file__).parent / "papersys.toml.j2"


def init(
    folder: Annotated[Path, typer.Argument(help="Where to write papersys.toml.")] = Path(),
    categories: Annotated[str, typer.Option(help="arXiv categories to read, with commas.")] = "cs.LG,cs.CL",
    contact: Annotated[str, typer.Option(help="Your e-mail address; arXiv asks harvesters for one.")] = "",
    seed: Annotated[
        list[str] | None,
        typer.Option(help="What to start from: an arXiv id, a sentence, or a .bib file; may be repeated."),
    ] = None,
) -> None:
    """Write a settings file of your own; it is never overwritten."""
    path = folder / FILE_NAME
    if path.exists():
        raise PapersysError(f"{path} is there already; change it, or remove it first.")
    seeds = _checked([_seen_from(folder, one) for one in seed or ()], folder)
    folder.mkdir(parents=True, exist_ok=True)
    names = [name.strip() for name in categories.split(",") if name.strip()]
    values = {"categories": names, "contact": contact, "seeds": seeds}
    text = _TEMPLATE.read_text("utf-8")
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", json.dumps(value, ensure_ascii=False))
    path.write_text(text, "utf-8")
    console.print(f"Wrote {shown_path(path)}. Look it over, then start with: papersys up", highlight=False)


def _seen_from(folder: Path, seed: str) -> str:
    """A .bib file's path, from the settings file where it lies beside or below it; says what is in it."""
    text = seed.strip()
    if not text.lower().endswith(".bib"):
        return text
    path = Path(text).expanduser().resolve()
    found: Any = importlib.import_module("services.ranker.bibliography").read_bibliography(path)
    console.print(f"{text}: {found}", highlight=False, markup=False)
    base = folder.resolve()
    return str(path.relative_to(base) if path.is_relative_to(base) else path)


def _checked(seeds: list[str], folder: Path) -> list[str]:
    """The seeds as they are. Raises typer.BadParameter where the settings would refuse one."""
    settings: Any = importlib.import_module("services.ranker.settings").RankerSettings
    try:
        settings.model_validate({"seeds": seeds}, context={"folder": folder})
    except ValidationError as error:
        raise typer.BadParameter(error.errors()[0]["msg"], param_hint="--seed") from error
    return seeds
