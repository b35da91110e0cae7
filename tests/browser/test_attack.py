"""Attacks by a page of another site, or by markup, on a browser that is signed in."""

import pytest
from playwright.sync_api import expect
from sites import served
from werkzeug import Response

FORM = """<!doctype html>
<title>Win a prize</title>
<body onload="document.forms[0].submit()">
<form method="post" action="{action}">
<input name="title" value="Buy this">
<input name="text" value="Buy this">
<input name="csrf_token" value="{token}">
</form>
"""

#: Requests from the first host send the app's cookies; requests from the second do not.
SAME_SITE, CROSS_SITE = "127.0.0.1", "localhost"


@pytest.fixture(params=["no token", "token of another"])
def stolen(request, bob):
    """The token that the attacker sends. Attackers can sign in too."""
    if request.param == "no token":
        return ""
    return bob.page.locator("[name=csrf_token]").first.input_value()


@pytest.mark.parametrize("host", [SAME_SITE, CROSS_SITE])
def test_form_of_another_site_changes_nothing(host, stolen, ann, site, server):
    assert ann.start_thread("Mine", "For ever") == "/threads/1"
    before = server.keys()
    for path in ("/threads", "/threads/1", "/threads/1/delete", "/sign-out"):
        form = FORM.format(action=site + path, token=stolen)
        page = Response(form, content_type="text/html")
        with served(page) as attacker, ann.context.new_page() as tab:
            tab.goto(attacker.replace("127.0.0.1", host))
            expect(tab.get_by_role("heading")).to_have_text("Bad Request")
            expect(tab.get_by_role("main")).to_contain_text("CSRF")
            assert tab.url == site + path
            signed_in = tab.get_by_text("Signed in as Ann")
            expect(signed_in).to_have_count(1 if host == SAME_SITE else 0)
    assert server.keys() == before
    ann.page.goto("/threads")
    ann.shows("1 comment")
    expect(ann.page.get_by_role("listitem")).to_have_count(1)


def test_another_site_cannot_show_the_app_in_a_frame(ann):
    frame = Response(f'<iframe src="{ann.site}/threads">', content_type="text/html")
    with served(frame) as attacker, ann.context.new_page() as tab:
        # Chromium logs the reason to the console.
        with tab.expect_console_message(lambda m: "frame-ancestors" in m.text):
            tab.goto(attacker)
        assert "Threads" not in tab.frames[1].content()


def test_no_script_style_or_picture_can_be_added_to_a_page(ann):
    """The policy still protects readers if a template does not escape a text."""
    ann.page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = 'window.attacked = true';
            document.body.append(script);
            document.body.insertAdjacentHTML('beforeend', `
                <style>body { color: rgb(1, 2, 3) }</style>
                <p id="styled" style="color: rgb(1, 2, 3)">x</p>
                <img src="/static/style.css" onerror="window.attacked = true">`);
        }"""
    )
    expect(ann.page.locator("#styled")).not_to_have_css("color", "rgb(1, 2, 3)")
    expect(ann.page.locator("body")).not_to_have_css("color", "rgb(1, 2, 3)")
    assert ann.page.evaluate("window.attacked") is None
    # Chromium logs each refusal to the console.
    refused = " ".join(ann.complaints)
    for directive in ("script-src", "style-src", "img-src"):
        assert directive in refused
    ann.complaints.clear()


def test_other_sites_do_not_learn_which_page_was_open(ann, site):
    """The app itself gets the header: its CSRF protection needs it with HTTPS."""
    with ann.page.expect_request("**/threads/*") as of_the_app:
        ann.start_thread("Private", "A text")
    assert of_the_app.value.headers["referer"].startswith(site)
    with served(Response("Another site")) as other:
        other = other.replace("127.0.0.1", CROSS_SITE)
        ann.page.evaluate("url => { location.href = url }", other)
        with ann.page.expect_request(f"{other}/") as to_the_other:
            pass
    ann.complaints.clear()
    assert "referer" not in to_the_other.value.headers
