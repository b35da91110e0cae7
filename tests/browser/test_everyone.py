"""The pages on a phone, with a keyboard only, and with a screen reader."""

import tempfile

import pytest
from axe_playwright_python.sync_playwright import Axe
from comments import views
from playwright.sync_api import expect
from servers import TestServer, free_port
from sites import comments_served

LONG = "w" * 5000

LOOKS = {
    "wide": {"viewport": {"width": 1280, "height": 800}},
    "phone": {
        "viewport": {"width": 320, "height": 568},
        "is_mobile": True,
        "has_touch": True,
    },
}


def sign_in(someone):
    someone.page.goto("/")


def error_at_sign_in(someone):
    sign_in(someone)
    someone.page.get_by_label("Your name").fill(" ")
    someone.page.get_by_role("button", name="Sign in").click()
    someone.shows("Please write something here.")


def empty_list(someone):
    someone.sign_in(LONG[:40])


def thread(someone):
    empty_list(someone)
    return someone.start_thread(LONG[:120], LONG)


def list_of_threads(someone):
    thread(someone)
    for _ in range(2):
        someone.start_thread(LONG[:120], LONG)
    someone.page.goto("/threads?page=2")
    expect(someone.page.get_by_role("navigation")).to_contain_text("Page 2")


def asked(someone):
    thread(someone)
    someone.page.get_by_role("link", name="Delete the thread").click()
    someone.shows_heading("Delete the thread?")


def deleted(someone):
    thread(someone)
    someone.delete_thread()


def errors_in_list(someone):
    empty_list(someone)
    someone.page.get_by_label("Title").fill(" ")
    someone.page.get_by_label("Comment").fill(" ")
    someone.page.get_by_role("button", name="Start the thread").click()
    expect(someone.page.get_by_text("Please write something here.")).to_have_count(2)


def error_in_thread(someone):
    someone.comment(thread(someone), " ")
    someone.shows("Please write something here.")


def no_token(someone):
    sign_in(someone)
    someone.page.locator("[name=csrf_token]").evaluate("token => token.remove()")
    someone.page.get_by_label("Your name").fill("Ann")
    someone.page.get_by_role("button", name="Sign in").click()
    someone.shows_heading("Bad Request")


def thread_of_another(someone):
    path = thread(someone)
    someone.page.get_by_role("button", name="Sign out").click()
    someone.sign_in("Bob")
    someone.page.goto(path)
    return path


def forbidden(someone):
    someone.send_comment_to(f"{thread_of_another(someone)}/delete")
    someone.shows_heading("Forbidden")


def not_found(someone):
    someone.page.goto("/nowhere")
    someone.shows_heading("Not Found")


def too_large(someone):
    thread(someone)
    comment = someone.page.get_by_label("Comment")
    comment.evaluate("area => area.removeAttribute('maxlength')")
    comment.fill(LONG * 14)
    someone.page.get_by_role("button", name="Comment", exact=True).click()
    someone.shows_heading("Request Entity Too Large")


def away(someone):
    empty_list(someone)
    nowhere = f"redis://127.0.0.1:{free_port()}"
    with comments_served(lambda db: f"{nowhere}/{db}") as someone.site:
        someone.page.goto(f"{someone.site}/threads")
        someone.shows_heading("Service Unavailable")


def unsaved(someone, title=LONG[:120], text=LONG):
    # Cookies do not depend on the port, so this signs in on both sites.
    empty_list(someone)
    with tempfile.TemporaryDirectory() as folder:
        redis = TestServer(folder)
        with comments_served(redis.tcp_url) as someone.site:
            someone.page.goto(f"{someone.site}/threads")
            someone.page.get_by_label("Title").fill(title)
            someone.page.get_by_label("Comment").fill(text)
            redis.stop()
            someone.page.get_by_role("button", name="Start the thread").click()
            someone.shows("Your text was not saved; please try again.")


PAGES = [
    *(sign_in, error_at_sign_in, empty_list, list_of_threads, asked, deleted),
    *(errors_in_list, thread, thread_of_another, error_in_thread),
    *(no_token, forbidden, not_found, too_large, away, unsaved),
]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)
def test_page_is_for_everyone(page, look, person, monkeypatch):
    monkeypatch.setattr(views, "THREADS_ON_A_PAGE", 1)
    someone = person(**LOOKS[look])
    page(someone)
    someone.page.wait_for_load_state()  # with its style
    for scheme in ("light", "dark"):
        someone.page.emulate_media(color_scheme=scheme)
        found = Axe().run(someone.page)
        assert not found.violations_count, f"{scheme}: {found.generate_report()}"
    # Nothing scrolls sideways, and everything is large enough for a finger.
    width = someone.page.evaluate("document.documentElement.scrollWidth")
    assert width == LOOKS[look]["viewport"]["width"]
    for target in someone.page.locator("a, button, input, textarea").all():
        if box := target.bounding_box():
            assert min(box["width"], box["height"]) >= 24, target.evaluate(
                "target => target.outerHTML"
            )


def test_what_a_screen_reader_says_of_the_form_to_sign_in(person):
    someone = person()
    someone.page.goto("/")
    expect(someone.page.locator("body")).to_match_aria_snapshot("""
        - link "Skip to the content"
        - banner:
          - link "Comments"
        - main:
          - heading "Welcome" [level=1]
          - paragraph: Choose a name and join the conversation.
          - paragraph: /This is a demonstration without passwords/
          - paragraph:
            - text: Your name
            - textbox "Your name" [active]
          - button "Sign in"
        - contentinfo: /A demonstration/
    """)


def test_what_a_screen_reader_says_of_the_question_before_a_thread_is_deleted(ann):
    ann.start_thread("Tea or coffee?", "I say tea.")
    ann.page.get_by_role("link", name="Delete the thread").click()
    expect(ann.page.get_by_role("main")).to_match_aria_snapshot("""
        - main:
          - heading "Delete the thread?" [level=1]
          - paragraph: /“Tea or coffee\\?” and all its comments/
          - button "Delete the thread"
          - link "Keep it"
    """)


def test_what_a_screen_reader_says_of_a_text_that_was_not_saved(person):
    someone = person()
    unsaved(someone, "A title", "A text")
    expect(someone.page.get_by_role("main")).to_match_aria_snapshot("""
        - main:
          - heading "Service Unavailable" [level=1]
          - paragraph: /Your text was not saved; please try again\\.$/
          - paragraph:
            - text: Title
            - textbox "Title": A title
          - paragraph:
            - text: Comment
            - textbox "Comment": A text
          - button "Try again"
          - paragraph:
            - link "Back to the threads"
    """)


def test_what_a_screen_reader_says_of_the_threads(ann, monkeypatch):
    monkeypatch.setattr(views, "THREADS_ON_A_PAGE", 1)
    ann.start_thread("First", "One")
    ann.start_thread("Second", "Two")
    ann.page.goto("/threads")
    expect(ann.page.locator("body")).to_match_aria_snapshot("""
        - link "Skip to the content"
        - banner:
          - link "Comments"
          - text: Signed in as Ann
          - button "Sign out"
        - main:
          - heading "Threads" [level=1]
          - list:
            - listitem:
              - heading "Second" [level=2]:
                - link "Second"
              - paragraph:
                - text: Ann ·
                - time
                - text: · 1 comment
          - navigation "Pages":
            - text: Page 1
            - link "Older →"
          - region "Start a thread":
            - heading "Start a thread" [level=2]
            - paragraph:
              - text: Title
              - textbox "Title"
            - paragraph:
              - text: Comment
              - textbox "Comment"
            - button "Start the thread"
        - contentinfo
    """)


def test_what_a_screen_reader_says_of_a_thread_and_a_mistake(ann):
    ann.comment(ann.start_thread("Tea or coffee?", "I say tea."), " ")
    expect(ann.page.get_by_role("main")).to_match_aria_snapshot("""
        - main:
          - paragraph:
            - link "← All threads"
          - heading "Tea or coffee?" [level=1]
          - paragraph: 1 comment
          - paragraph:
            - link "Delete the thread"
          - article:
            - paragraph:
              - text: Ann ·
              - time
            - paragraph: I say tea.
          - region "Join in":
            - heading "Join in" [level=2]
            - paragraph:
              - text: Comment
              - textbox "Comment" [invalid]
              - text: Please write something here.
            - button "Comment"
    """)
    comment = ann.page.get_by_label("Comment")
    expect(comment).to_have_accessible_description("Please write something here.")
    # The field with the error has the focus.
    expect(comment).to_be_focused()
    expect(comment).to_be_in_viewport()


def press_tab(page, *expected):
    """Press Tab; each element in turn gets the focus, in view and with an outline."""
    for element in expected:
        page.keyboard.press("Tab")
        expect(element).to_be_focused()
        expect(element).to_be_in_viewport(ratio=1)
        expect(element).to_have_css("outline-style", "solid")
        expect(element).to_have_css("outline-width", "3px")


def test_keyboard_alone_is_enough(person):
    page = person().page
    link, button, box = (
        lambda name, role=role: page.get_by_role(role, name=name, exact=True)
        for role in ("link", "button", "textbox")
    )
    skip, home = link("Skip to the content"), link("Comments")
    page.goto("/")
    expect(skip).not_to_be_in_viewport()
    # The name field has the focus from the start.
    expect(box("Your name")).to_be_focused()
    page.keyboard.type("Ann")
    press_tab(page, button("Sign in"))
    page.keyboard.press("Enter")

    expect(button("Sign out")).to_be_visible()
    press_tab(page, skip, home, button("Sign out"), box("Title"))
    page.keyboard.type("Tea or coffee?")
    press_tab(page, box("Comment"))
    page.keyboard.type("I say tea.")
    press_tab(page, button("Start the thread"))
    page.keyboard.press("Space")

    expect(page.get_by_role("article")).to_contain_text("I say tea.")
    press_tab(page, skip)
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    press_tab(page, link("← All threads"), link("Delete the thread"), box("Comment"))
    page.keyboard.type("Really.")
    press_tab(page, button("Comment"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("article")).to_contain_text(["I say tea.", "Really."])
    # The new comment has the focus, so the form below it is next.
    expect(page.get_by_role("article").last).to_be_focused()
    press_tab(page, box("Comment"))
    for _ in range(2):
        page.keyboard.press("Shift+Tab")
    expect(link("← All threads")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Threads")
    press_tab(page, skip, home, button("Sign out"), link("Tea or coffee?"))
    page.keyboard.press("Enter")

    expect(link("Delete the thread")).to_be_visible()
    press_tab(page, skip, home, button("Sign out"))
    press_tab(page, link("← All threads"), link("Delete the thread"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Delete the thread?")
    press_tab(page, skip, home, button("Sign out"))
    press_tab(page, button("Delete the thread"), link("Keep it"))
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("The thread is deleted.")
