"""What is wrong with a form is said as people say it."""

import pytest
from pydantic import ValidationError

from services.publisher.api.form_problems import problems_in
from services.publisher.api.paper_forms import PaperForm
from services.publisher.library.reading_list.routes import ListForm


@pytest.mark.parametrize(
    ("form", "fields", "says"),
    [
        (
            PaperForm,
            {"paper_id": "what"},
            "paper_id: 'what' is not an arXiv id; ids look like 2403.12345 or hep-th/9901001",
        ),
        (PaperForm, {"x": 1}, "paper_id: is missing; x: there is no such field"),
        (ListForm, {"papers": ""}, "papers: is empty"),
        (ListForm, {"papers": "x" * 8_001}, "papers: is longer than 8000 characters"),
        (ListForm, {"papers": "x", "wanted": "y"}, "wanted: must be 'add', 'remove' or 'update'"),
        (ListForm, {"papers": 5}, "papers: Input should be a valid string"),
    ],
)
def test_a_problem_names_its_field(form: type[PaperForm], fields: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        form.model_validate(fields)
    assert problems_in(refused.value) == says
