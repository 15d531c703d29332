"""The page Ask in a browser: the answer comes without reloading, and by reloading where there is no script."""

import pytest
from playwright.sync_api import Browser, expect

from shared.contracts import Ask, AskReply
from shared.store.files.data_folder import DataFolder
from tests.support.browsing.browser import Visit
from tests.support.papers.answered_questions import TRACE_ID, answered, write_question, write_steps

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.xdist_group("browser")]


def test_a_question_is_typed_followed_and_answered_on_one_page(visit: Visit) -> None:
    data = DataFolder(visit.root, 0)
    visit.fake_reader.bus.answers[Ask] = begun(data)
    visit.page.goto(f"{visit.address}/ask")
    visit.page.get_by_label("Your question").fill("How are walks counted?")
    visit.page.get_by_role("button", name="Ask", exact=True).click()
    expect(visit.page.get_by_role("status").first).to_contain_text("searched the papers")
    write_steps(data, TRACE_ID, {"step": "answered", "result": answered().model_dump(mode="json")})
    expect(visit.page.get_by_role("heading", name="Citations")).to_be_visible()
    expect(visit.page.get_by_label("Ask a follow-up question")).to_be_visible()
    assert visit.page.locator("main").get_attribute("data-poll") is None


def test_without_script_the_page_reloads_itself_until_the_answer_is_there(browser: Browser, visit: Visit) -> None:
    data = DataFolder(visit.root, 0)
    visit.fake_reader.bus.answers[Ask] = begun(data)
    visit.page.goto(f"{visit.address}/ask")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{visit.address}/ask")
    page.fill("#question", "How are walks counted?")
    page.click("button[value=ask]")
    assert page.url.endswith(f"/ask/{TRACE_ID}")
    expect(page.locator("noscript meta[http-equiv=refresh]")).to_have_count(1)
    write_steps(data, TRACE_ID, {"step": "answered", "result": answered().model_dump(mode="json")})
    page.wait_for_selector("#citations", timeout=30_000)
    context.close()


def begun(data: DataFolder) -> object:
    def answer(request: Ask) -> AskReply:
        write_question(data, TRACE_ID, question=request.question)
        return AskReply(trace_id=TRACE_ID, state="running")

    return answer
