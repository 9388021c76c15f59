"""What a reviewer sees where two tabs decide, the server is gone, or an article means harm."""

import signal
from pathlib import Path

import pytest
from publish.report.articles import EVIL
from review.page.running import Running, started
from review.page.steps import named, write_records
from review.page.tabs import HOSTILE, TAIL, Open, Picture, card, hostile, press, saved, tool, unfold


def test_of_two_tabs_the_second_sees_what_there_is_now(tab: Open, server: Running, picture: Picture) -> None:
    one, other = tab(server.address, "sure"), tab(server.address, "sure", expected="409")
    unfold(one, "Actors")
    unfold(other, "Actors")
    tool(one, "a3", "remove")
    saved(one, "Kaysa Vong removed.")
    tool(other, "a2", "accept")
    other.wait_for_selector(".trouble.conflict")
    assert "Mekong Bank accepted" in other.inner_text(".trouble")
    assert card(other, "a3").count() == 0
    picture(other, "review-conflict")
    other.click(".trouble button")
    tool(other, "a2", "accept")
    saved(other, "Mekong Bank accepted with all its values.")
    assert server.get()["version"] == 2


def test_a_server_that_ended_loses_nothing(tab: Open, server: Running, records: Path, picture: Picture) -> None:
    page = tab(server.address, "sure", expected="ERR_CONNECTION|401")
    unfold(page, "Actors")
    tool(page, "c1", "accept")
    saved(page, "Commitment c1 accepted.")
    server.end(signal.SIGKILL)
    tool(page, "c2", "reject")
    page.wait_for_selector(".trouble.gone:has-text('1 decision waits')")
    assert page.inner_text(".saved") == "Not saved"
    tool(page, "a3", "remove")
    page.wait_for_selector(".trouble.gone:has-text('2 decisions wait')")
    picture(page, "review-gone")
    page.click(".trouble button")
    page.wait_for_selector(".trouble.gone")
    again = started(records.parent, "--no-open", "--port", str(server.client.base_url.port))
    page.click(".trouble button")  # the server asks for its new token, and nothing is lost
    page.wait_for_selector(".trouble.gone:has-text('2 decisions wait')")
    page.context.new_page().goto(again.address)
    page.click(".trouble button")
    saved(page, "Kaysa Vong removed.")
    assert page.locator(".trouble").count() == 0
    body = again.get()
    decisions = [one["decision"]["decision"] for one in body["view"]["commitments"]]
    assert (body["version"], decisions) == (3, ["corrected", "rejected"])  # Kaysa Vong left its flow
    assert [actor["id"] for actor in body["record"]["actors"]] == ["a1", "a2"]


def test_an_article_that_cannot_be_reviewed_leads_on(tab: Open, tmp_path: Path) -> None:
    broken = named("broken", 0.1).model_copy(update={"actors": []})
    write_records(tmp_path / "records.jsonl", broken, named("well"))
    page = tab(started(tmp_path).address, expected="422")
    page.click("text=Start with the least certain")
    page.wait_for_selector("[role=alert]:has-text('cannot be reviewed')")
    page.click("text=Open the next")
    page.wait_for_selector("header.about .id:text-is('well')")


def test_nothing_of_an_article_becomes_markup_or_script(tab: Open, tmp_path: Path, picture: Picture) -> None:
    write_records(tmp_path / "records.jsonl", hostile())
    page = tab(started(tmp_path).address)
    page.click("text=Start with the least certain")
    page.wait_for_selector(".card")
    assert TAIL.replace("\u202e", "") in page.text_content(".text")
    unfold(page, "Actors")
    unfold(page, "Projects")
    for name in ("a2", "p1", "c1"):
        tool(page, name, "edit")
        tool(page, name, "merge" if name == "a2" else "accept")
    page.click(f"mark:has-text('{EVIL[1][:9]}')")
    picture(page, "review-hostile")
    tool(page, "a2", "remove")
    saved(page, f"{EVIL[1]} removed.")
    press(page, "Control+Enter")
    page.wait_for_selector("text=All articles are finished.")
    assert EVIL[5] in page.text_content("tbody")
    assert page.evaluate("() => window.harmed") is None
    assert page.locator("main :is(script, img, iframe, object, embed), main [onerror], main [onload]").count() == 0
    assert page.locator("a[href]:not([href^='#'])").count() == 0
    assert [path.parent.name for path in (tmp_path / "mine").rglob("*.json")] == ["gold"]


@pytest.mark.parametrize("address", ["#/articles/nobody", "#/articles/%E0%A4%A", "#/what?page=-1&state=lost"])
def test_an_address_that_means_nothing_breaks_nothing(visit: Open, shared: Running, address: str) -> None:
    assert visit(shared.address + address, site=shared.address, expected="404").inner_text("main h1, main [role=alert]")


def test_the_page_asks_nobody_but_its_server(tab: Open, shared: Running) -> None:
    page = tab(shared.address, HOSTILE, expected="Content Security Policy")
    asked = "fetch('http://127.0.0.1:9/').then(() => 'answered', () => 'refused')"
    assert page.evaluate(f"() => {asked}") == "refused"
    assert set(page.evaluate("() => window.broken.splice(0)")) == {"connect-src"}
