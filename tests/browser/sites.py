"""Sites on a real web server, and people with a browser."""

import contextlib
import os
import shutil
import threading
from urllib.parse import urlsplit

import pytest
from comments import create_app
from playwright.sync_api import expect
from werkzeug.serving import make_server

#: The browser cannot reach other hosts, not even for its own services.
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


def chromium_binary():
    """Return ``TEST_CHROMIUM`` if it is set, else the Chromium on ``PATH``."""
    names = ("chromium", "chromium-browser", "google-chrome")
    on_path = (shutil.which(name) for name in names)
    return os.environ.get("TEST_CHROMIUM") or next(filter(None, on_path), None)


def launch(playwright):
    binary = chromium_binary()
    if not binary:
        pytest.skip(
            "There is no Chromium. On Debian, 'apt-get install chromium' brings it; "
            "elsewhere set TEST_CHROMIUM to the path of a Chromium or Chrome."
        )
    return playwright.chromium.launch(executable_path=binary, args=ARGUMENTS)


@contextlib.contextmanager
def served(app):
    """Serve the app on a free port; yield its URL."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def comments_served(url):
    """Serve the app with the URLs that the function returns for databases 0 and 1."""
    app = create_app(
        {
            "REDIS_LINKS_URL": url(0),
            "REDIS_CONTENT_URL": url(1),
            "SECRET_KEY": "of the tests",
        }
    )
    with served(app) as site:
        yield site
    for client in app.extensions["redis"].values():
        client.close()


class Person:
    """A person with a browser of their own."""

    def __init__(self, browser, site, **look):
        self.site = site
        self.context = browser.new_context(base_url=site, **look)
        self.page = self.context.new_page()
        #: No page may request another host, run a script or cause an error.
        self.complaints = []
        self.page.on("request", self._see_request)
        self.page.on("response", self._see_response)
        self.page.on("console", self._see_console)
        self.page.on("pageerror", lambda error: self._complain("error", error))
        self.page.on("dialog", self._see_dialog)

    def _complain(self, *words):
        self.complaints.append(" ".join(map(str, words)))

    def _see_request(self, request):
        url = urlsplit(request.url)
        if f"{url.scheme}://{url.netloc}" != self.site:
            self._complain("asks for", request.url)

    def _see_response(self, response):
        # Some tests expect an error page. Its style sheet must load nevertheless.
        if response.status >= 400 and not response.request.is_navigation_request():
            self._complain("gets", response.status, "of", response.url)

    def _see_console(self, message):
        # Chromium logs this for error pages too. _see_response checks the others.
        if not message.text.startswith("Failed to load resource"):
            self._complain("console:", message.text)

    def _see_dialog(self, dialog):
        self._complain("dialog:", dialog.message)
        dialog.dismiss()

    def sign_in(self, name):
        self.page.goto("/")
        self.page.get_by_label("Your name").fill(name)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("banner")).to_contain_text(f"Signed in as {name}")

    def start_thread(self, title, text):
        """Start a thread; return its path. The browser then shows the thread."""
        self.page.goto("/threads")
        self.page.get_by_label("Title").fill(title)
        self.page.get_by_label("Comment").fill(text)
        self.page.get_by_role("button", name="Start the thread").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)
        return urlsplit(self.page.url).path

    def comment(self, thread, text):
        """Send a comment, and wait for the response."""
        self.page.goto(thread)
        self.page.get_by_label("Comment").fill(text)
        with self.page.expect_response(lambda r: r.request.method == "POST"):
            self.page.get_by_role("button", name="Comment", exact=True).click()

    def delete_thread(self):
        """Delete the thread that the browser shows, and confirm it."""
        self.page.get_by_role("link", name="Delete the thread").click()
        self.shows_heading("Delete the thread?")
        self.page.get_by_role("button", name="Delete the thread").click()
        self.shows("The thread is deleted.")

    def send_comment_to(self, path):
        """Send the page's form, with its token, to another path."""
        form = self.page.locator("form").filter(has=self.page.get_by_label("Comment"))
        form.evaluate("(form, path) => form.action = path", path)
        form.get_by_label("Comment").fill("Anything")
        form.get_by_role("button").click()

    def shows(self, text):
        expect(self.page.get_by_role("main")).to_contain_text(text)

    def shows_heading(self, text):
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)
