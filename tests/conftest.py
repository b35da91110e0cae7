"""A real server and a small app for the tests."""

import importlib.util
import sys

import many_apps
import pytest
import redis
from hypothesis import HealthCheck, Phase, settings
from servers import (
    FREE_THREADED,
    TestServer,
    lasting_port,
    make_app,
    server_binary,
    wait_until,
)

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


def pytest_configure(config):
    if FREE_THREADED:
        # There, garbage is finalized in any order: a socket may warn before redis-py's
        # connection closes it.
        ignored = "ignore:unclosed <socket:ResourceWarning"
        config.addinivalue_line("filterwarnings", ignored)


def pytest_report_header():
    header = f"redis server: {server_binary()}, redis-py {redis.__version__}"
    return [header, *(["the GIL is off"] if the_gil_is_off() else [])]


def the_gil_is_off():
    return FREE_THREADED and not sys._is_gil_enabled()


@pytest.fixture(scope="session", autouse=True)
def the_gil_stays_off():
    """A module that is not ready for free threading would turn it on."""
    yield
    assert the_gil_is_off() == FREE_THREADED


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


@pytest.fixture
def roomy(tmp_path):
    """A server with a database for each of many apps."""
    server = TestServer(tmp_path, None, "--databases", many_apps.APPS)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def the_node(tmp_path_factory):
    """A cluster of one node."""
    node = TestServer(
        tmp_path_factory.mktemp("cluster"), lasting_port(), "--cluster-enabled", "yes"
    )
    with node.client() as client:
        client.execute_command("CLUSTER", "ADDSLOTS", *range(16384))
        wait_until(
            lambda: "cluster_state:ok" in str(client.execute_command("CLUSTER", "INFO"))
        )
    yield node
    node.stop()


@pytest.fixture
def node(the_node):
    with the_node.client() as client:
        client.flushall()
    return the_node
