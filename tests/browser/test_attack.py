"""A page of another site sends a form to the app from a browser that is signed in."""

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

#: One whose pages get the app's cookies, and one whose pages do not.
SAME_SITE, CROSS_SITE = "127.0.0.1", "localhost"


@pytest.fixture(params=["no token", "token of another"])
def stolen(request, bob):
    """What the attacker, who can sign in too, has for a token."""
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
