"""For redis-py's own tests: hands them the extension in the place of a client,
and writes down what became of each.

``conftest._get_client`` is where their fixtures get a client.
"""

import json
import os
from pathlib import Path

RESULTS = Path(os.environ["CONFORMANCE_RESULTS"])
outcomes = {}
#: The tests that were given a client by the fixtures.
given = set()


def pytest_plugin_registered(plugin):
    if getattr(plugin, "__name__", "") != "tests.conftest":
        return
    get_client = plugin._get_client
    wrap = WRAPPERS[os.environ["CONFORMANCE_CLIENT"]]

    def get(*args, **kwargs):
        given.add(os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")[0])
        return wrap(get_client(*args, **kwargs))

    plugin._get_client = get


def extension_for(client):
    from flask import Flask

    from flask_redis import Redis

    app = Flask("conformance")
    redis = Redis(app)
    app.extensions["redis"]["REDIS"] = client
    return redis


WRAPPERS = {"client": lambda client: client, "extension": extension_for}


def pytest_runtest_logreport(report):
    # The first trouble of a test is what became of it.
    if outcomes.get(report.nodeid, "passed") == "passed":
        outcomes[report.nodeid] = report.outcome


def pytest_sessionfinish():
    taking = {test: outcome for test, outcome in outcomes.items() if test in given}
    RESULTS.write_text(json.dumps(taking))
