"""Tests of the Comments app in example/, with a browser that runs no scripts."""

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
from datetime import datetime, timedelta, timezone
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


#: The error page contains this if a comment or a thread could not be saved.
UNSAVED = "The database is unavailable. Your text was not saved; please try again."


def token(page):
    return re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page).group(1)


def texts_in_form(page):
    """Return the text of each text field of a page, by the name of the field."""
    inputs = re.findall(r'<input [^>]*name="(title)"[^>]*value="([^"]*)"', page)
    areas = re.findall(r'<textarea [^>]*name="(text)"[^>]*>([^<]*)</textarea>', page)
    return {name: html.unescape(text).strip() for name, text in inputs + areas}


class Person:
    """A person with a browser. Forms are sent with the token of a page."""

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


def test_every_page_leads_to_the_sign_in_form_when_signed_out(app):
    person = Person(app)
    for path in ("/", "/threads", "/threads/1"):
        page = person.get(path)
        assert page.request.path == "/"
        assert "Your name" in page.text


def test_first_page_says_that_there_are_no_passwords(app):
    page = Person(app).get("/").text
    assert "a demonstration without passwords" in page
    assert "Do not write anything private." in page


def test_name_field_has_the_focus(app):
    field = re.search('<input [^>]*id="name"[^>]*>', Person(app).get("/").text)
    assert " autofocus" in field[0]


@pytest.mark.parametrize("page", ["", "?page=2", "/delete"])
def test_signing_in_leads_back_to_the_page(page, app, ann):
    path = ann.start_thread("Mine") + page
    person = Person(app)
    sign_in = person.get(path).request.full_path
    assert "Your name" in person.get(sign_in).text
    # The page stays the same after an invalid name.
    assert "write something" in person.post(sign_in, name=" ").text
    for opened in (person.post(sign_in, name="Ann"), person.get(sign_in)):
        assert opened.status_code == 200
        assert opened.request.full_path.rstrip("?") == path
        assert "Mine" in opened.text


@pytest.mark.parametrize(
    "path",
    [
        *("//evil.example", "///evil.example", "//evil.example/threads", "//"),
        *("/\\evil.example", "\\\\evil.example", "\\/evil.example", "/threads\\..\\"),
        *("https://evil.example", "https:evil.example", "https:///evil.example"),
        *("javascript:alert(1)", "data:text/html,x", "evil.example", "@evil.example"),
        *(
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r/evil.example",
            "/\0/evil.example",
        ),
        *("\t//evil.example", " //evil.example", "/threads\r\nSet-Cookie: x=y"),
        *("/threads\x7f", "/threads\x85", "/\u2028/evil.example", "/threads\n"),
        *("/\u3000/evil.example", "/\uff0fevil.example", "/\ufffd/evil.example", ""),
    ],
)
def test_signing_in_leads_to_no_other_site(path, app):
    browser = app.test_client()
    sign_in = "/?" + urllib.parse.urlencode({"next": path})
    form = {"name": "Ann", "csrf_token": token(browser.get(sign_in).text)}
    # The second request is from a person who is already signed in.
    for answer in (browser.post(sign_in, data=form), browser.get(sign_in)):
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/threads"
        assert "x=y" not in str(answer.headers)


@pytest.mark.parametrize("query", ["_external=1&_scheme=evil&next=//evil", "page=%ff"])
def test_query_of_a_page_cannot_change_where_signing_in_leads(query, app):
    answer = app.test_client().get(f"/threads?{query}")
    location = urllib.parse.urlsplit(answer.headers["Location"])
    assert (location.scheme, location.netloc, location.path) == ("", "", "/")
    assert urllib.parse.parse_qs(location.query) == {"next": ["/threads"]}


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
def test_invalid_name_is_refused(name, message, app):
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


def test_own_thread_is_deleted_with_all_its_keys(ann, bob, server):
    thread = ann.start_thread("Mine")
    bob.post(thread, text="Bob was here")
    page = ann.delete(thread)
    assert "The thread is deleted." in page.text
    assert "Mine" not in ann.get().text
    assert ann.get(thread).status_code == 404
    assert server.keys() == {(3, "links:last")}


def test_deleting_a_thread_asks_first(ann, server):
    thread = ann.start_thread("Tea & coffee")
    keys = server.keys()
    # "Delete the thread" is a link, unlike the "Sign out" button.
    link = f'<a href="{thread}/delete">Delete the thread</a>'
    assert link in ann.get(thread).text
    question = ann.get(f"{thread}/delete")
    assert question.status_code == 200
    assert "Delete the thread?" in question.text
    assert "deletes “Tea &amp; coffee” and all its comments" in question.text
    assert f'<a href="{thread}">Keep it</a>' in question.text
    assert server.keys() == keys
    # The form of this page deletes the thread.
    page = ann.post(f"{thread}/delete", page=f"{thread}/delete")
    assert "The thread is deleted." in page.text
    assert server.keys() == {(3, "links:last")}


def test_thread_of_another_is_not_deleted(ann, bob):
    thread = ann.start_thread("Mine")
    assert "Delete the thread" not in bob.get(thread).text
    for page in (bob.get(f"{thread}/delete"), bob.delete(thread)):
        assert page.status_code == 403
        assert "Only the person who started a thread can delete it." in page.text
    assert "Mine" in bob.get().text


def test_unknown_thread(ann, server):
    assert ann.get("/threads/77").status_code == 404
    assert ann.post("/threads/77", page="/threads", text="?").status_code == 404
    assert ann.get("/threads/77/delete").status_code == 404
    assert ann.delete("/threads/77").status_code == 404
    assert ann.get("/nowhere").status_code == 404
    assert server.keys() == {(3, "links:last")}


def test_comment_on_a_thread_that_was_just_deleted(app, ann, server):
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
def test_text_is_kept_without_unwanted_characters(sent, shown, encoding, ann, server):
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
def test_invalid_path_is_not_found(path, ann):
    ann.start_thread()
    assert ann.get(path).status_code == 404


@pytest.mark.parametrize(
    "kind",
    [
        *("application/json", "multipart/form-data; boundary=B", "\xff"),
        pytest.param("multipart/form-data; boundary=", marks=todays_werkzeug),
    ],
)
def test_body_that_is_not_a_form(kind, ann):
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
def test_empty_or_long_fields_are_refused(title, text, ann, server):
    page = ann.post("/threads", title=title, text=text)
    assert 'aria-invalid="true"' in page.text
    assert server.keys() == set()


def test_longest_text_that_a_browser_sends_is_accepted(ann):
    lines = "\r\n".join(["x" * 99] * 50)
    assert 'aria-invalid="true"' not in ann.post("/threads", title="x", text=lines).text


def test_error_pages_keep_the_headers_of_the_error(ann):
    refused = ann.browser.get("/sign-out")
    assert refused.status_code == 405
    assert "POST" in refused.headers["Allow"]


def test_every_response_has_the_headers_for_security(ann):
    thread = ann.start_thread()
    paths = ("/", "/threads", thread, f"{thread}/delete", "/static/style.css")
    for path in (*paths, "/nowhere", "/sign-out"):
        with ann.browser.get(path) as response:
            headers = response.headers
        policy = dict(
            directive.split(" ", 1)
            for directive in headers["Content-Security-Policy"].split("; ")
        )
        assert policy == {
            "default-src": "'none'",
            "style-src": "'self'",
            "img-src": "data:",
            "base-uri": "'none'",
            "form-action": "'self'",
            "frame-ancestors": "'none'",
        }
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_pages_have_no_inline_script_or_style(ann):
    thread = ann.start_thread()
    pages = [ann.get(path) for path in ("/threads", thread, f"{thread}/delete", "/x")]
    for page in (*pages, ann.post("/sign-out", page="/threads")):
        assert not re.search(r"<(script|style)|\s(style|on\w+)=|javascript:", page.text)


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(seconds=30), "just now"),
        (timedelta(seconds=90), "1 minute ago"),
        (timedelta(minutes=59, seconds=30), "59 minutes ago"),
        (timedelta(minutes=61), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(hours=24, minutes=1), None),
        (timedelta(days=-1), None),
    ],
)
def test_recent_dates_are_relative(ago, shown):
    created = datetime.now(timezone.utc) - ago
    expected = shown or f"{created.day} {created:%B %Y, %H:%M} UTC"
    assert views.age(created) == expected


def test_dates_are_for_people_and_for_programs(ann, server):
    thread = ann.start_thread()
    assert ">just now</time>" in ann.get(thread).text
    with server.client(4) as content:
        for key in content.scan_iter():
            content.hset(key, "created", "2026-03-04T09:05:00+00:00")
    time = '<time datetime="2026-03-04T09:05:00+00:00">4 March 2026, 09:05 UTC</time>'
    for path in ("/threads", thread):
        assert time in ann.get(path).text


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
    # After a comment, the browser shows the page with that comment.
    assert page.request.args["page"] == "2"
    assert "third</p>" in page.text and "second</p>" not in page.text
    assert "third</p>" not in ann.get(thread).text
    for page in ("0", "-1", "x", "9" * 30, "9" * 5000, "1e9", "\u0663", "%00", "%ff"):
        for path in ("/threads", thread):
            assert ann.get(f"{path}?page={page}").status_code == 200


@pytest.fixture
def mortal(tmp_path):
    """A server that a test can stop or reconfigure."""
    server = TestServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def mortals_app(mortal):
    return create_app(
        {
            "REDIS_LINKS_URL": mortal.tcp_url(0),
            "REDIS_CONTENT_URL": mortal.tcp_url(1),
            "SECRET_KEY": "of the tests",
        }
    )


def test_page_has_status_503_while_redis_is_down(mortal, mortals_app, tmp_path):
    ann = Person(mortals_app, "Ann")
    thread = ann.start_thread()
    mortal.stop()
    for page in (ann.get(), ann.get(thread), ann.delete(thread)):
        assert page.status_code == 503
        assert page.headers["Retry-After"] == "5"
        assert "Content-Security-Policy" in page.headers
        assert "The database is unavailable. Please try again soon." in page.text
        # No text was sent, so there is none to give back.
        assert "not saved" not in page.text
        assert texts_in_form(page.text) == {}
    server = TestServer(tmp_path, mortal.port)
    assert ann.get().status_code == 200
    server.stop()


def test_text_that_was_not_saved_is_given_back(mortal, mortals_app, tmp_path):
    ann = Person(mortals_app, "Ann")
    thread = ann.start_thread("Before")
    keys = mortal.keys()
    attempts = [
        ("/threads", {"title": 'Tea "or" coffee?', "text": "I say <tea>.\nAnd you?"}),
        (thread, {"text": "Coffee & cake"}),
        # This form is invalid, and the page that shows its errors needs the database.
        ("/threads", {"title": "", "text": "Without a title"}),
    ]
    mortal.stop()
    for path, fields in attempts:
        page = ann.post(path, **fields)
        assert page.status_code == 503
        assert UNSAVED in page.text
        assert texts_in_form(page.text) == fields
        assert page.request.path == path
        assert '<form method="post">' in page.text
    assert 'aria-invalid="true"' in page.text

    server = TestServer(tmp_path, mortal.port)
    assert server.keys() == keys
    # When the database is available again, the same forms can be sent.
    for path, fields in attempts[:2]:
        page = ann.post(path, **fields)
        assert page.status_code == 200
        assert html.escape(fields["text"], quote=False) in page.text
    server.stop()


def refuse_writes_of_a_full_database(server):
    with server.client() as client:
        client.config_set("maxmemory", 1)


def refuse_writes_of_a_replica(server):
    with server.client() as client:
        client.replicaof("127.0.0.1", free_port())


@pytest.mark.parametrize(
    "refuse", [refuse_writes_of_a_full_database, refuse_writes_of_a_replica]
)
def test_text_is_given_back_if_the_database_refuses_writes(refuse, mortal, mortals_app):
    ann = Person(mortals_app, "Ann")
    thread = ann.start_thread("Before", "It can be read.")
    refuse(mortal)
    for path, fields in (
        ("/threads", {"title": "A title", "text": "A text"}),
        (thread, {"text": "A comment"}),
    ):
        page = ann.post(path, **fields)
        assert page.status_code == 503
        assert UNSAVED in page.text
        assert texts_in_form(page.text) == fields
    assert "It can be read." in ann.get(thread).text


def test_text_is_given_back_after_an_unexpected_error(mortal, mortals_app):
    ann = Person(mortals_app, "Ann")
    with mortal.client() as links:
        links.set("links:last", "not an integer")
    fields = {"title": "A title", "text": "A text"}
    page = ann.post("/threads", **fields)
    assert page.status_code == 500
    assert "Your text was not saved; please try again." in page.text
    assert "The database is unavailable." not in page.text
    assert texts_in_form(page.text) == fields


def test_one_url_without_the_other_raises_an_error(server):
    with pytest.raises(RuntimeError, match="Set REDIS_CONTENT_URL too"):
        create_app({"REDIS_LINKS_URL": server.url(), "SECRET_KEY": "x"})


# A shell's background jobs ignore Ctrl-C, and so do the processes that they start. This
# handles Ctrl-C even if the tests run in the background.
FLASK = """
import flask.cli, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
flask.cli.main()
"""


class Site:
    """The app with a Redis server of its own, served by ``flask run``."""

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
                # The app does not listen yet.
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
    """Serve a copy of the app, which has its own instance folder."""
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
    """Wait for the lock, which the server holds until it stops."""
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
        # The thread still exists, and Ann is still signed in.
        assert "To be kept" in site.get("/threads")

    assert site.post(f"{thread}/delete", page=thread) == "/threads"
    assert "To be kept" not in site.get("/threads")
    site.end(signal.SIGINT)
    wait_for_end_of_server(tmp_path)
