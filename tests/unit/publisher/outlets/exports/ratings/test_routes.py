"""Ratings as downloads."""

import pytest

from services.publisher.outlets.exports.ratings.rating_formats import FORMATS
from tests.support.browsing.reader import HTML, FakeReader, page
from tests.support.folders.seed import FAR


@pytest.mark.parametrize("form", FORMATS)
async def test_every_form_is_a_file(fake_reader: FakeReader, form: str) -> None:
    async with fake_reader.client() as client:
        answer = await client.get(f"/ratings/export/{form}", headers=HTML)
    assert answer.status_code == 200
    assert f"papersys-ratings.{FORMATS[form].ending}" in answer.headers["content-disposition"]
    assert FAR in answer.text


async def test_what_cannot_be_exported_says_why(fake_reader: FakeReader) -> None:
    assert "there are csv, json" in await page(fake_reader, "/ratings/export/xlsx", 404)
    assert "Only CSV and JSON" in await page(fake_reader, "/ratings/export/ris?history=1", 422)


async def test_my_ratings_leads_to_exports_and_to_the_import(fake_reader: FakeReader) -> None:
    text = await page(fake_reader, "/ratings")
    assert 'href="/ratings/export/zotero-csv"' in text
    assert 'href="/ratings/import"' in text
