"""What people do in the Comments app."""

from urllib.parse import urlencode

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


def test_link_to_a_thread_leads_back_to_it_after_signing_in(ann, person):
    thread = ann.start_thread("Tea or coffee?", "I say tea.")
    bob = person()
    bob.page.goto(f"{thread}?page=1#comment-2")
    bob.shows_heading("Welcome")
    # The name field has the focus.
    bob.page.keyboard.type("Bob")
    bob.page.keyboard.press("Enter")
    bob.shows_heading("Tea or coffee?")
    expect(bob.page).to_have_url(f"{bob.site}{thread}?page=1#comment-2")


@pytest.mark.parametrize(
    "path",
    [
        *("//evil.example", "/\\evil.example", "/\t/evil.example", "\t//evil.example"),
        *("https://evil.example", "javascript:alert(1)", "/.//evil.example"),
    ],
)
def test_signing_in_leads_to_no_other_site(path, person):
    ann = person()
    sign_in = f"/?{urlencode({'next': path})}"
    ann.page.goto(sign_in)
    ann.page.get_by_label("Your name").fill("Ann")
    ann.page.get_by_role("button", name="Sign in").click()
    expect(ann.page.get_by_role("banner")).to_contain_text("Signed in as Ann")
    # The fixture fails the test if the browser requests another host.
    ann.page.goto(sign_in)
    assert ann.page.url.startswith(f"{ann.site}/")


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
    # The first click only asks.
    ann.page.get_by_role("link", name="Delete the thread").click()
    ann.shows_heading("Delete the thread?")
    ann.page.get_by_role("link", name="Keep it").click()
    ann.shows("For now")
    ann.delete_thread()
    expect(ann.page.get_by_role("status")).to_have_text("The thread is deleted.")
    expect(ann.page.get_by_role("link", name="Mine")).not_to_be_attached()
    bob.page.goto(thread)
    bob.shows_heading("Not Found")


def test_delete_does_not_look_like_sign_out(ann):
    ann.start_thread("Mine", "For now")
    looks = [
        ann.page.get_by_role(role, name=name).evaluate(
            """element => {
                const {borderTopWidth, color, textDecorationLine} =
                    getComputedStyle(element);
                return {borderTopWidth, color, textDecorationLine};
            }"""
        )
        for role, name in (("link", "Delete the thread"), ("button", "Sign out"))
    ]
    delete, sign_out = looks
    assert [name for name in delete if delete[name] == sign_out[name]] == []


def test_thread_of_another_is_not_deleted(ann, bob):
    thread = ann.start_thread("Mine", "For ever")
    bob.page.goto(thread)
    expect(bob.page.get_by_text("Delete the thread")).not_to_be_attached()
    bob.send_comment_to(f"{thread}/delete")
    bob.shows_heading("Forbidden")
    bob.shows("Only the person who started a thread can delete it.")
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
    # The form comes back with the text, and shows the error.
    ann.page.get_by_label("Title").fill(" ")
    ann.page.get_by_label("Comment").fill(attack)
    ann.page.get_by_role("button", name="Start the thread").click()
    ann.shows("Please write something here.")
    expect(ann.page.get_by_label("Comment")).to_have_value(attack)
    # No element of the attack is on the page. A dialog would fail the test too.
    expect(ann.page.locator("script, svg, img, [onfocus]")).to_have_count(0)


def test_text_is_given_back_until_redis_is_available_again(browser, tmp_path):
    redis = TestServer(tmp_path, lasting_port())
    with comments_served(redis.tcp_url) as site:
        ann = Person(browser, site)
        ann.sign_in("Ann")
        ann.start_thread("Still there?", "Say something")
        ann.page.get_by_label("Comment").fill("Something\nelse")
        redis.stop()
        ann.page.get_by_role("button", name="Comment", exact=True).click()
        for _ in range(2):
            ann.shows_heading("Service Unavailable")
            ann.shows("The database is unavailable. Your text was not saved;")
            comment = ann.page.get_by_label("Comment")
            expect(comment).to_have_value("Something\nelse")
            ann.page.get_by_role("button", name="Try again").click()
        comment.press("Control+End")
        comment.type("!")
        redis = TestServer(tmp_path, redis.port)
        ann.page.get_by_role("button", name="Try again").click()
        # The text is saved once, with the last change, and nothing else is lost.
        comments = ann.page.get_by_role("article")
        expect(comments).to_contain_text(["Say something", "Something\nelse!"])
        expect(comments).to_have_count(2)
        ann.context.close()
        assert ann.complaints == []
    redis.stop()
