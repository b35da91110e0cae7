"""A server that can fail, and the site that depends on it."""

import contextlib
import os
import signal

import pytest
from firewall import Firewall
from servers import TestServer, lasting_port
from sites import Site


class Mortal:
    """A server that can be killed and started again, and writes down each command."""

    OPTIONS = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")

    def __init__(self, folder):
        self._folder = folder
        self.port = lasting_port()
        self.start()

    def start(self):
        self._server = TestServer(self._folder, self.port, *self.OPTIONS)
        self.client = self._server.client()
        self._pid = self.client.info("server")["process_id"]

    def signal(self, number):
        os.kill(self._pid, number)

    def kill(self):
        # Not if a test has failed after it did.
        with contextlib.suppress(ProcessLookupError):
            self.signal(signal.SIGKILL)
        self.client.close()
        self._server.stop()

    def connections(self):
        """Those of sites."""
        clients = self.client.client_list()
        return [
            each for each in clients if "flask-and-redis" in each.get("lib-name", "")
        ]

    def url(self):
        return self._server.tcp_url()


@pytest.fixture
def mortal(tmp_path):
    server = Mortal(tmp_path / "server")
    yield server
    # Also where a test has left it stopped, and deaf to anything else.
    server.kill()


@pytest.fixture
def firewall(mortal):
    """In front of the server."""
    firewall = Firewall(mortal.port)
    yield firewall
    firewall.stop()


@pytest.fixture
def serve(tmp_path):
    """Starts sites, and stops them at the end of the test."""
    with contextlib.ExitStack() as stack:

        def start(app, *options, **kwargs):
            site = Site(tmp_path, app, *options, **kwargs)
            stack.callback(site.stop)
            return site

        yield start
