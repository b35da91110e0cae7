"""The Python blocks of the pages are run, one page after another."""

import pytest
from servers import TestServer
from sybil import Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.rest import CodeBlockParser


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Where the blocks go that say localhost:6379."""
    server = TestServer(tmp_path_factory.mktemp("server"))
    yield server
    server.stop()


run = PythonEvaluator()


def evaluate(example):
    """Runs a block, with the server of the tests as the one that it names."""
    block = example.parsed
    here = f"127.0.0.1:{example.namespace['server'].port}"
    text = block.replace("localhost:6379", here)
    example.parsed = type(block)(text, block.offset, block.line_offset)
    return run(example)


def begin(namespace):
    """Each page begins as a module of its own."""
    namespace["__name__"] = "yourapp"


pytest_collect_file = Sybil(
    parsers=[CodeBlockParser(language="python", evaluator=evaluate)],
    patterns=["*.rst"],
    setup=begin,
    fixtures=["server"],
).pytest()
