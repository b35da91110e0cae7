"""The Comments app of example/, as a browser without scripts sees it."""

import contextlib
import fcntl
import html
import http.cookiejar
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from importlib.metadata import version
from pathlib import Path

import comments
import pytest
from comments import create_app, threads, views
from servers import TestServer, free_port

import flask_redis

todays_werkzeug = pytest.mark.skipif(
    version("werkzeug") < "3", reason="Werkzeug 2 has an error of its own there"
)


def token(page):
    return re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page).group(1)


class Person:
    """Someone with a browser. Forms are sent as the page before had them."""

    def __init__(self, app, name=None):
        self.browser = app.test_client()
        if name:
            self.post("/", name=name)

    def get(self, path="/threads"):
        return self.browser.get(path, follow_redirects=True)

    def post(self, path, page=None, **fields):
        fields["csrf_token"] = token(self.get(page or path).text)
        return self.browser.post(path, data=fields, follow_redirects=True)

    def start_thread(self, title="A title", text="A text"):
        return self.post("/threads", title=title, text=text).request.path

    def delete(self, thread):
        return self.post(f"{thread}/delete", page="/threads")


@pytest.fixture
def app(server):
    return create_app(
        {
            "REDIS_LINKS_URL": server.url(3),
            "REDIS_CONTENT_URL": server.url(4),
            "SECRET_KEY": "of the tests",
            "TESTING": True,
        }
    )


@pytest.fixture
def ann(app):
    return Person(app, "Ann")


@pytest.fixture
def bob(app):
    return Person(app, "Bob")


def test_first_page_signed_out_is_the_form_to_sign_in(app):
    person = Person(app)
    for path in ("/", "/threads", "/threads/1"):
        page = person.get(path)
        assert page.request.path == "/"
        assert "Your name" in page.text


def test_sign_in_and_out(ann):
    assert ann.get("/").request.path == "/threads"
    assert "Signed in as <b>Ann</b>" in ann.get().text
    page = ann.post("/sign-out", page="/threads")
    assert page.request.path == "/"
    assert ann.get().request.path == "/"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        *((unseen, "write something") for unseen in ("", "  \n", "\0\x1b", "\u200b")),
        *(
            (unseen, "write something")
            for unseen in ("\u202e\u2066", "\u2028", "\ufeff")
        ),
        ("a" * 41, "40 characters"),
    ],
)
def test_name_that_is_no_name(name, message, app):
    person = Person(app)
    assert message in person.post("/", name=name).text
    assert person.get().request.path == "/"


def test_thread_and_comments(ann, bob):
    thread = ann.start_thread("Tea or coffee?", "I say tea.\nAnd you?")
    assert "Tea or coffee?" in bob.get().text
    assert "1 comment<" in bob.get().text
    page = bob.post(thread, text="Coffee!").text
    assert page.index("I say tea.\nAnd you?") < page.index("Coffee!")
    assert page.index("<b>Ann</b>") < page.index("<b>Bob</b> ·")
    assert "2 comments<" in ann.get().text


def test_newest_thread_is_first(ann):
    for title in ("one", "two"):
        ann.start_thread(title)
    page = ann.get().text
    assert page.index(">two<") < page.index(">one<")


def test_both_databases_are_used_and_their_keys_are_disjoint(ann, server):
    thread = ann.start_thread()
    ann.post(thread, text="More")
    assert server.keys() == {
        (3, "links:last"),
        (3, "links:threads"),
        (3, "links:thread:{1}:comments"),
        (4, "content:thread:{1}"),
        (4, "content:comment:{1}:2"),
        (4, "content:comment:{1}:3"),
    }


def test_own_thread_is_deleted_with_all_that_belongs_to_it(ann, bob, server):
    thread = ann.start_thread("Mine")
    bob.post(thread, text="Bob was here")
    assert "Delete the thread" in ann.get(thread).text
    page = ann.delete(thread)
    assert "The thread is deleted." in page.text
    assert "Mine" not in ann.get().text
    assert ann.get(thread).status_code == 404
    assert server.keys() == {(3, "links:last")}


def test_thread_of_another_is_not_deleted(ann, bob):
    thread = ann.start_thread("Mine")
    assert "Delete the thread" not in bob.get(thread).text
    assert bob.delete(thread).status_code == 403
    assert "Mine" in bob.get().text


def test_unknown_thread(ann, server):
    assert ann.get("/threads/77").status_code == 404
    assert ann.post("/threads/77", page="/threads", text="?").status_code == 404
    assert ann.delete("/threads/77").status_code == 404
    assert ann.get("/nowhere").status_code == 404
    assert server.keys() == {(3, "links:last")}


def test_comment_on_a_thread_that_is_deleted_meanwhile(app, ann, server):
    thread = ann.start_thread()
    with app.app_context():
        threads.delete(int(thread.rpartition("/")[2]))
    page = ann.post(thread, page="/threads", text="Too late")
    assert page.status_code == 404
    assert server.keys() == {(3, "links:last")}


def test_thread_that_is_deleted_while_the_list_is_read(app, ann, server):
    ann.start_thread("Here")
    with server.client(3) as links:
        links.lpush("links:threads", 77)
    assert ann.get().status_code == 200
    assert "Here" in ann.get().text


def test_output_is_escaped(app):
    script = "<script>alert(1)</script>"
    person = Person(app, script[:40])
    thread = person.start_thread(script, script)
    for page in (person.get(), person.get(thread)):
        assert "<script" not in page.text
        assert html.escape(script) in page.text


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("thread:1:comments", "thread:1:comments"),
        ("links:thread:{1}:comments", "links:thread:{1}:comments"),
        ("a\0b\x1b[2Jc\x9f\x7f", "ab[2Jc"),
        ("\u202ecba\u2069", "cba"),
        ("line\r\n\tline", "line\n\tline"),
        ("\N{WOMAN}\u200d\N{ROCKET}", "\N{WOMAN}\u200d\N{ROCKET}"),
        (b"\xff\xed\xa0\x80 and more", " and more"),
        ("\uffff\U0010ffff!", "\uffff\U0010ffff!"),
    ],
)
@pytest.mark.parametrize("encoding", ["urlencoded", "multipart"])
def test_strange_text_is_kept_as_far_as_it_can_be_read(
    sent, shown, encoding, ann, server
):
    value = sent if isinstance(sent, bytes) else sent.encode()
    fields = {"title": value, "text": value, "csrf_token": token(ann.get().text)}
    if encoding == "urlencoded":
        body, kind = urllib.parse.urlencode(fields), "application/x-www-form-urlencoded"
    else:
        body = b"".join(
            b'--B\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
            % (name.encode(), value if isinstance(value, bytes) else value.encode())
            for name, value in fields.items()
        )
        body, kind = body + b"--B--\r\n", "multipart/form-data; boundary=B"
    page = ann.browser.post(
        "/threads", data=body, content_type=kind, follow_redirects=True
    )
    assert page.status_code == 200
    for shown_page in (page, ann.get()):
        assert html.escape(shown) in shown_page.text
    assert server.keys() >= {(4, "content:thread:{1}"), (4, "content:comment:{1}:2")}
    assert len(server.keys()) == 5


@pytest.mark.parametrize(
    "path",
    [
        *("/threads/0", "/threads/-1", "/threads/%ff", "/threads/%ED%A0%80"),
        *("/threads/%C2%B2", f"/threads/{'9' * 20}", "/%00", "/static/%00"),
        *("/static/%ff", "/static/..%2fviews.py"),
        pytest.param(f"/static/{'a' * 5000}", id="long name"),
        pytest.param(f"/threads/{'9' * 4000}", id="long id"),
        pytest.param(f"/threads/{'9' * 5000}", id="longer id", marks=todays_werkzeug),
        pytest.param("/threads/1.5", marks=todays_werkzeug),
        pytest.param("/threads/1_0", marks=todays_werkzeug),
        pytest.param("/threads/1%00", marks=todays_werkzeug),
    ],
)
def test_path_that_leads_nowhere(path, ann):
    ann.start_thread()
    assert ann.get(path).status_code == 404


@pytest.mark.parametrize(
    "kind",
    [
        *("application/json", "multipart/form-data; boundary=B", "\xff"),
        pytest.param("multipart/form-data; boundary=", marks=todays_werkzeug),
    ],
)
def test_body_that_is_no_form(kind, ann):
    for path in ("/", "/threads", "/threads/1"):
        for body in (b"\0" * 100, b"--B\r\n" * 2000):
            page = ann.browser.post(path, data=body, content_type=kind)
            assert page.status_code == 400
            assert "CSRF" in page.text


def test_form_without_a_token_is_refused(ann):
    thread = ann.start_thread("Mine")
    for path in ("/", "/threads", thread, f"{thread}/delete", "/sign-out"):
        refused = ann.browser.post(path, data={"title": "x", "text": "x", "name": "x"})
        assert refused.status_code == 400
        assert "CSRF" in refused.text
        assert "Signed in as <b>Ann</b>" in refused.text
    assert "Mine" in ann.get().text


@pytest.mark.parametrize(
    ("title", "text"), [("", "text"), ("title", ""), ("a" * 121, "text")]
)
def test_thread_that_says_nothing_or_too_much(title, text, ann, server):
    page = ann.post("/threads", title=title, text=text)
    assert 'aria-invalid="true"' in page.text
    assert server.keys() == set()


def test_text_as_long_as_the_browser_lets_it_be(ann):
    lines = "\r\n".join(["x" * 99] * 50)
    assert 'aria-invalid="true"' not in ann.post("/threads", title="x", text=lines).text


def test_error_pages_keep_the_headers_of_the_error(ann):
    refused = ann.browser.get("/sign-out")
    assert refused.status_code == 405
    assert "POST" in refused.headers["Allow"]


def test_body_that_is_too_large(ann):
    assert ann.post("/threads", title="x", text="x" * 70_000).status_code == 413


def test_body_of_unknown_length(ann, server):
    thread = ann.start_thread()
    form = {"text": "x" * 70_000, "csrf_token": token(ann.get().text)}
    page = ann.browser.post(
        thread,
        input_stream=io.BytesIO(urllib.parse.urlencode(form).encode()),
        content_type="application/x-www-form-urlencoded",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert page.status_code == 411
    assert "Length Required" in page.text
    assert len(server.keys()) == 5


def test_pages(ann, monkeypatch):
    monkeypatch.setattr(views, "THREADS_ON_A_PAGE", 2)
    monkeypatch.setattr(views, "COMMENTS_ON_A_PAGE", 2)
    for title in ("one", "two", "three"):
        thread = ann.start_thread(title, "first")
    assert ">one<" not in ann.get().text
    assert "Older" in ann.get().text
    second = ann.get("/threads?page=2").text
    assert ">one<" in second and ">two<" not in second and "Newer" in second
    assert "Older" not in second
    for text in ("second", "third"):
        page = ann.post(thread, text=text)
    # One who comments gets to see the comment.
    assert page.request.args["page"] == "2"
    assert "third</p>" in page.text and "second</p>" not in page.text
    assert "third</p>" not in ann.get(thread).text
    for page in ("0", "-1", "x", "9" * 30, "9" * 5000, "1e9", "\u0663", "%00", "%ff"):
        for path in ("/threads", thread):
            assert ann.get(f"{path}?page={page}").status_code == 200


def test_redis_down_is_a_503_page_and_up_again_is_no_error(tmp_path):
    server = TestServer(tmp_path)
    app = create_app(
        {
            "REDIS_LINKS_URL": server.tcp_url(0),
            "REDIS_CONTENT_URL": server.tcp_url(1),
            "SECRET_KEY": "of the tests",
        }
    )
    ann = Person(app, "Ann")
    assert ann.get().status_code == 200
    server.stop()
    page = ann.get()
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "5"
    assert "The database is away" in page.text
    server = TestServer(tmp_path, server.port)
    assert ann.get().status_code == 200
    server.stop()


def test_one_url_without_the_other_is_an_error(server):
    with pytest.raises(RuntimeError, match="Set REDIS_CONTENT_URL too"):
        create_app({"REDIS_LINKS_URL": server.url(), "SECRET_KEY": "x"})


# Where the tests run in the background of a shell, they are deaf to Ctrl-C, and so
# would be what they start.
FLASK = """
import flask.cli, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
flask.cli.main()
"""


class Site:
    """The app with a server of its own, as ``flask run`` serves it."""

    def __init__(self, folder, browser):
        environment = {k: v for k, v in os.environ.items() if "REDIS" not in k}
        environment["PYTHONPATH"] = str(Path(flask_redis.__file__).parent)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.output = folder / f"output-{port}"
        self.browser = browser
        with open(self.output, "w") as output:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-c", FLASK, "--app", "comments", "run"),
                    *("--port", str(port)),
                ],
                cwd=folder,
                env=environment,
                stdout=output,
                stderr=output,
            )

    def said(self):
        return self.output.read_text()

    def get(self, path="/"):
        deadline = time.monotonic() + 30
        while True:
            try:
                with self.browser.open(self.url + path) as page:
                    return page.read().decode()
            except urllib.error.HTTPError:
                raise
            except urllib.error.URLError:
                # It is not up yet.
                assert self.process.poll() is None, self.said()
                assert time.monotonic() < deadline, self.said()
                time.sleep(0.02)

    def post(self, path, page="/threads", **fields):
        fields["csrf_token"] = token(self.get(page))
        data = urllib.parse.urlencode(fields).encode()
        with self.browser.open(self.url + path, data) as response:
            return urllib.parse.urlsplit(response.url).path

    def end(self, signal):
        self.process.send_signal(signal)
        self.process.wait(10)


@pytest.fixture
def serve(tmp_path):
    """Serves a copy of the app, so with an instance folder of its own."""
    shutil.copytree(
        Path(comments.__file__).parent,
        tmp_path / "comments",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(cookies)
    sites = []

    def serve():
        sites.append(Site(tmp_path, browser))
        return sites[-1]

    yield serve
    for site in sites:
        if site.process.poll() is None:
            site.end(signal.SIGKILL)


def wait_for_end_of_server(folder):
    """It holds the lock for as long as it runs."""
    deadline = time.monotonic() + 10
    with open(folder / "instance" / "redis" / "lock") as lock:
        while True:
            with contextlib.suppress(BlockingIOError):
                return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_server_of_its_own_keeps_the_data_and_ends_with_the_app(serve, tmp_path):
    site = serve()
    site.post("/", page="/", name="Ann")
    thread = site.post("/threads", title="To be kept", text="Really")
    assert site.said().count("No REDIS_LINKS_URL and REDIS_CONTENT_URL") == 1

    with pytest.raises(AssertionError, match="is in use by another server"):
        serve().get()

    for end in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        site.end(end)
        wait_for_end_of_server(tmp_path)
        site = serve()
        # Neither the thread nor who is signed in is forgotten.
        assert "To be kept" in site.get("/threads")

    assert site.post(f"{thread}/delete", page=thread) == "/threads"
    assert "To be kept" not in site.get("/threads")
    site.end(signal.SIGINT)
    wait_for_end_of_server(tmp_path)
