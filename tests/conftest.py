"""A real server and a small app for the tests."""

import importlib.util

import pytest
import redis
from hypothesis import HealthCheck, Phase, settings
from servers import TestServer, make_app, server_binary

# Few examples a run, but each run and each environment has its own.
settings.register_profile("quick", max_examples=25, deadline=None)
settings.load_profile("quick")
# For ``tox run -e faults``. What fails is shown as it was found, and soon.
settings.register_profile(
    "thorough",
    max_examples=5000,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)

# ``tox run -e deployments`` and so on have what these need.
NEEDS = {
    "browser": "playwright",
    "deployments": "trustme",
    "ecosystem": "flask_session",
    "faults": "gunicorn",
}
collect_ignore = [
    folder for folder, needed in NEEDS.items() if not importlib.util.find_spec(needed)
]


def pytest_report_header():
    return f"redis server: {server_binary()}, redis-py {redis.__version__}"


@pytest.fixture(scope="session")
def the_server(tmp_path_factory):
    server = TestServer(tmp_path_factory.mktemp("server"))
    yield server
    server.stop()


@pytest.fixture
def server(the_server):
    """The server, with all its databases empty."""
    with the_server.client() as client:
        client.flushall()
    return the_server


@pytest.fixture
def app(server):
    """An app whose settings say where the server is."""
    return make_app(**server.settings)
