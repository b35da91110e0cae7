"""The Comments app, as gunicorn serves it, and people who mean it no good."""

import contextlib
import http.client
import http.cookiejar
import itertools
import os
import re
import time
import urllib.parse
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import comments
import psutil
import pytest
from comments import create_app, threads, views

EXAMPLE = str(Path(comments.__file__).parents[1])
TEN_MEGABYTES = 10_000_000


@pytest.fixture
def settings(server):
    return {"REDIS_LINKS_URL": server.url(3), "REDIS_CONTENT_URL": server.url(4)}


@pytest.fixture
def site(serve, settings):
    path = os.pathsep.join(filter(None, (EXAMPLE, os.environ.get("PYTHONPATH"))))
    return serve(
        "comments:create_app({'SECRET_KEY': 'of the tests'})",
        PYTHONPATH=path,
        **settings,
    )


@pytest.fixture
def app(settings):
    """The same app with the same databases, in this process."""
    return create_app({**settings, "SECRET_KEY": "of the tests", "TESTING": True})


class Person:
    """Someone with a browser, who is signed in."""

    def __init__(self, site, name):
        self._site = f"http://127.0.0.1:{site.port}"
        self._cookies = http.cookiejar.CookieJar()
        self._browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self._cookies)
        )
        page = self._open("/")
        self.token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)[1]
        self.post("/", name=name)

    def _open(self, path, data=None):
        with self._browser.open(self._site + path, data, timeout=60) as response:
            assert response.status == 200
            self.path = urllib.parse.urlsplit(response.url).path
            return response.read().decode()

    @property
    def cookie(self):
        return "; ".join(f"{each.name}={each.value}" for each in self._cookies)

    def get(self, path):
        return self._open(path)

    def post(self, path, **fields):
        fields["csrf_token"] = self.token
        return self._open(path, urllib.parse.urlencode(fields).encode())


class Memory:
    """The most that processes have in memory while a block runs."""

    def __init__(self, pids):
        self._processes = [psutil.Process(pid) for pid in pids]
        self._over = Event()
        self._watcher = Thread(target=self._watch)

    def _now(self):
        return max(process.memory_info().rss for process in self._processes)

    def _watch(self):
        while not self._over.wait(0.002):
            self.most = max(self.most, self._now())

    def __enter__(self):
        self.most = self.before = self._now()
        self._watcher.start()
        return self

    def __exit__(self, *exc_info):
        self._over.set()
        self._watcher.join()


def urlencoded(token):
    yield f"csrf_token={token}&title=x&text=".encode()
    yield from [b"%00" * 10_000] * (TEN_MEGABYTES // 30_000)


def multipart(token):
    part = '--B\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}'
    yield part.format("csrf_token", f"{token}\r\n").encode()
    yield part.format("text", "").encode()
    yield from [b"\xff" * 30_000] * (TEN_MEGABYTES // 30_000)


KINDS = {
    urlencoded: "application/x-www-form-urlencoded",
    multipart: "multipart/form-data; boundary=B",
}
LENGTHS = (
    {"Content-Length": str(TEN_MEGABYTES + 10_000)},
    {"Transfer-Encoding": "chunked"},
)


def answer(site, person, path, make, length):
    """The answer to a body that is sent until the server hangs up."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    headers = {"Cookie": person.cookie, "Content-Type": KINDS[make], **length}
    with closing(connection):
        connection.putrequest("POST", path)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        # It may have answered before the end, and read no more.
        with contextlib.suppress(OSError):
            for piece in make(person.token):
                chunk = b"%x\r\n%s\r\n" % (len(piece), piece)
                connection.send(chunk if "Transfer-Encoding" in length else piece)
        with connection.getresponse() as response:
            return response.status, response.read().decode()


CLEAR = {411: "Length Required", 413: "That was too long for a comment"}


def test_bodies_of_ten_megabytes_at_once(site, figure, server):
    person = Person(site, "Ann")
    person.post("/threads", title="A title", text="A text")
    before = server.keys()
    attacks = itertools.product(("/", "/threads", "/threads/1"), KINDS, LENGTHS)
    with Memory(site.workers) as memory, ThreadPoolExecutor(16) as pool:
        answers = list(
            pool.map(lambda attack: answer(site, person, *attack), [*attacks] * 8)
        )
    statuses = Counter(status for status, _ in answers)
    assert statuses == {413: len(answers) // 2, 411: len(answers) // 2}
    for status, text in answers:
        assert CLEAR[status] in text
    grown = (memory.most - memory.before) / 1e6
    figure("bodies of 10 MB, 16 at once", len(answers))
    figure("memory of a worker", f"+{grown:.1f} MB")
    # Far from the 80 MB that eight threads have before them.
    assert grown < 30
    assert server.keys() == before
    assert "Signed in as <b>Ann</b>" in person.get("/threads")


def test_many_people_write_at_once(site, app, figure, server):
    ann = Person(site, "Ann")
    ann.post("/threads", title="All of you", text="Now!")
    thread = ann.path
    people, each = 16, 60

    def write(person):
        for number in range(each):
            # What is nearly a key is as good as any other text.
            page = person.post(thread, text=f"links:thread:{{1}}:comments {number}")
            # The page that it leads to shows it.
            assert f"comments {number}<" in page

    everyone = [Person(site, f"comment:{{1}}:{number}") for number in range(people)]
    with ThreadPoolExecutor(people) as pool:
        list(pool.map(write, everyone))

    with app.app_context():
        written, number = threads.page_of_comments(1, 1, 10_000)
    said = {}
    for comment in written[1:]:
        said.setdefault(comment["author"], []).append(comment["text"].split()[-1])
    expected = [str(number) for number in range(each)]
    assert said == {f"comment:{{1}}:{number}": expected for number in range(people)}
    assert number == len(written) == 1 + people * each
    assert len({comment["id"] for comment in written}) == number
    figure("people at once", people)
    figure("comments, none lost, each person's in order", people * each)


READING = ("cmdstat_lrange", "cmdstat_llen", "cmdstat_hgetall")


def cost(server, person, path):
    """What reads of the database a page takes, by command, how many kilobytes come
    from there, and the milliseconds of the quickest of some tries."""
    seconds = []
    with server.client() as client:
        person.get(path)
        client.config_resetstat()
        for _ in range(20):
            start = time.perf_counter()
            person.get(path)
            seconds.append(time.perf_counter() - start)
        found = client.info("commandstats")
        calls = {name: found[name]["calls"] for name in READING if name in found}
        sent = client.info("stats")["total_net_output_bytes"]
    return calls, sent / 20_000, 1e3 * min(seconds)


def test_pages_do_not_grow_with_the_site(site, app, figure, server):
    ann = Person(site, "Ann")

    def grow(number_of_threads, number_of_comments):
        with app.app_context():
            for _ in range(number_of_threads):
                threads.start("Ann", "thread:1:comments", "A text")
            for _ in range(number_of_comments):
                threads.add_comment(1, "Bob", "content:comment:{1}:2")

    grow(2 * views.THREADS_ON_A_PAGE, 2 * views.COMMENTS_ON_A_PAGE)
    paths = ("/threads", "/threads?page=2", "/threads/1", "/threads/1?page=2")
    few = {path: cost(server, ann, path) for path in paths}
    grow(10_000, 10_000)
    for path in paths:
        calls, kilobytes, milliseconds = cost(server, ann, path)
        assert calls == few[path][0]
        assert kilobytes < 1.2 * few[path][1]
        figure(
            f"{path} after 10,000 more threads and comments",
            f"the same {sum(calls.values()) // 20} reads, "
            f"{milliseconds / few[path][2]:.2f} times as long",
        )
    # Far down the list it is as quick.
    for path, first in {"/threads?page=502": 0, "/threads/1?page=202": 2}.items():
        calls, _, milliseconds = cost(server, ann, path)
        assert calls == few[paths[first]][0]
        times = milliseconds / few[paths[first]][2]
        figure(path, f"{times:.2f} times as long as the first page")
