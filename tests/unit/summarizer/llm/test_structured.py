"""Answers read out of whatever a model writes around them, and the schema they are asked for by."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from services.summarizer.llm.structured import UnreadableReply, mended, read_reply, strict_schema, without_thoughts


class Line(BaseModel):
    text: str


class Poem(BaseModel):
    """A poem."""

    title: str = Field(min_length=1)
    lines: tuple[Line, ...] = ()


POEM = '{"title": "Rain", "lines": [{"text": "It rains."}]}'


@pytest.mark.parametrize(
    "text",
    [
        POEM,
        f"```json\n{POEM}\n```",
        f"Here is the {{poem}} you asked for:\n{POEM}\nI hope {{that}} helps.",
        f"<think>A draft: {{}}</think>{POEM}",
        f'no opening mark {{"title": "Draft"}} </think>\n{POEM}',
        f'{{"title": "A first try", "lines": []}}\nBetter:\n{POEM}',
        POEM.replace("}]}", "},],}"),
        f"{POEM}\n\nNote that I left out }} and ].",
    ],
)
def test_the_answer_is_found_whatever_stands_around_it(text: str) -> None:
    assert read_reply(text, Poem) == Poem(title="Rain", lines=(Line(text="It rains."),))


def test_an_answer_may_speak_of_thoughts() -> None:
    text = json.dumps({"title": "What </think> and <think> mean"})
    assert read_reply(text, Poem).title == "What </think> and <think> mean"


def test_thoughts_that_never_end_hold_no_answer() -> None:
    assert without_thoughts("<think>on and on " + POEM) == ""
    with pytest.raises(UnreadableReply, match="no JSON object"):
        read_reply("<think>on and on " + POEM, Poem)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"the angle \theta and \alpha", r"the angle \theta and \alpha"),
        (r"\beta, \frac{1}{2}, \nu, \nabla f, \rho, \tau", r"\beta, \frac{1}{2}, \nu, \nabla f, \rho, \tau"),
        (r"already \\beta right", r"already \beta right"),
        (r"a \"word\" and a \n line", 'a "word" and a \n line'),
        (r"two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("a raw\nbreak\tand tab", "a raw\nbreak\tand tab"),
        (r"\$5 and \% and \u00e9", r"\$5 and \% and é"),
    ],
)
def test_the_backslashes_of_latex_and_raw_breaks_are_put_right(written: str, meant: str) -> None:
    assert read_reply(f'{{"title": "{written}"}}', Poem).title == meant


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no JSON object"),
        ("I am sorry, I cannot do that.", "no JSON object"),
        ('{"lines": []}', "title: Field required"),
        ('{"title": "Rain", "lines": [{"text"', "not valid JSON"),
        ('{"title": 1}', "title: Input should be a valid string"),
    ],
)
def test_what_is_wrong_is_told_in_words_for_the_model(text: str, says: str) -> None:
    with pytest.raises(UnreadableReply, match=says):
        read_reply(text, Poem)


@given(st.recursive(st.none() | st.integers() | st.text("ab {}[],:\"'é\n", max_size=9), st.lists, max_leaves=9))
def test_valid_json_stays_as_it_is(value: object) -> None:
    text = json.dumps({"x": value})
    assert json.loads(mended(text)) == {"x": value}


@given(st.text(alphabet='{}[]",:\\ \nabft<>/hink', max_size=200))
def test_any_text_is_an_answer_or_unreadable(text: str) -> None:
    with contextlib.suppress(UnreadableReply):
        read_reply(text, Poem)


def test_hostile_texts_are_unreadable_and_nothing_worse() -> None:
    for text in ("<think>" * 20_000, "{" * 200_000, '{"a":' * 20_000, ("{" * 50 + "}" * 50) * 500, "," * 200_000):
        with pytest.raises(UnreadableReply):
            read_reply(text, Poem)


def test_the_schema_is_strict_at_every_depth() -> None:
    schema = strict_schema(Poem)
    line = schema["$defs"]["Line"]
    assert (schema["required"], schema["additionalProperties"]) == (["title", "lines"], False)
    assert (line["required"], line["additionalProperties"]) == (["text"], False)
    assert "minLength" not in json.dumps(schema)
    assert "default" not in json.dumps(schema)
