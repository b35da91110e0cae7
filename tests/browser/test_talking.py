"""What people do in the Comments app."""

import pytest
from playwright.sync_api import expect
from servers import TestServer, lasting_port
from sites import Person, comments_served


def test_sign_in_and_out(person):
    ann = person()
    ann.page.goto("/threads")
    ann.shows_heading("Welcome")
    ann.sign_in("Ann")
    ann.shows_heading("Threads")
    ann.page.get_by_role("button", name="Sign out").click()
    ann.shows_heading("Welcome")


def test_two_people_talk(ann, bob):
    thread = ann.start_thread("Tea or coffee?", "I say tea.\nAnd you?")
    bob.page.goto("/threads")
    bob.page.get_by_role("link", name="Tea or coffee?").click()
    bob.shows("I say tea.")
    bob.comment(thread, "Coffee!")
    ann.page.reload()
    comments = ann.page.get_by_role("article")
    expect(comments).to_contain_text(["Ann", "Bob"])
    texts = ann.page.locator("article .text").all_inner_texts()
    assert texts == ["I say tea.\nAnd you?", "Coffee!"]
    ann.page.get_by_role("link", name="All threads").click()
    ann.shows("2 comments")


def test_own_thread_is_deleted(ann, bob):
    thread = ann.start_thread("Mine", "For now")
    ann.page.get_by_role("button", name="Delete the thread").click()
    expect(ann.page.get_by_role("status")).to_have_text("The thread is deleted.")
    expect(ann.page.get_by_role("link", name="Mine")).not_to_be_attached()
    bob.page.goto(thread)
    bob.shows_heading("Not Found")


def test_thread_of_another_is_not_deleted(ann, bob):
    thread = ann.start_thread("Mine", "For ever")
    bob.page.goto(thread)
    expect(bob.page.get_by_role("button", name="Delete")).not_to_be_attached()
    bob.send_comment_to(f"{thread}/delete")
    bob.shows_heading("Forbidden")
    bob.shows("Only the one who started a thread can delete it.")
    bob.page.get_by_role("link", name="Back to the threads").click()
    expect(bob.page.get_by_role("link", name="Mine")).to_be_visible()


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</title></p><svg onload=alert(1)>",
        "\"autofocus onfocus=alert(1) x='",
    ],
)
def test_markup_is_shown_as_text(attack, person):
    ann = person(attack[:40])
    ann.start_thread(attack, attack)
    expect(ann.page).to_have_title(f"{attack} · Comments")
    expect(ann.page.locator("article .text")).to_have_text(attack)
    expect(ann.page.locator("article b")).to_have_text(attack[:40])
    ann.page.goto("/threads")
    expect(ann.page.get_by_role("listitem").get_by_role("link")).to_have_text(attack)
    # What was typed comes back in a form with an error.
    ann.page.get_by_label("Title").fill(" ")
    ann.page.get_by_label("Comment").fill(attack)
    ann.page.get_by_role("button", name="Start the thread").click()
    ann.shows("Please write something here.")
    expect(ann.page.get_by_label("Comment")).to_have_value(attack)
    # No element of it is there, and a dialog would be a complaint.
    expect(ann.page.locator("script, svg, img, [onfocus]")).to_have_count(0)


def test_redis_goes_away_and_comes_back(browser, tmp_path):
    redis = TestServer(tmp_path, lasting_port())
    with comments_served(redis.tcp_url) as site:
        ann = Person(browser, site)
        ann.sign_in("Ann")
        ann.start_thread("Still there?", "Say something")
        ann.page.get_by_label("Comment").fill("Something")
        redis.stop()
        ann.page.get_by_role("button", name="Comment", exact=True).click()
        ann.shows_heading("Service Unavailable")
        ann.shows("The database is away at the moment.")
        redis = TestServer(tmp_path, redis.port)
        # What could not be kept is sent again, and nothing else was lost.
        ann.page.reload()
        comments = ann.page.get_by_role("article")
        expect(comments).to_contain_text(["Say something", "Something"])
        ann.context.close()
        assert ann.complaints == []
    redis.stop()
