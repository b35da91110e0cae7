"""A site whose requests count and read back, for gunicorn to serve.

A visitor is told how often a command was sent for each that was answered, however
the request ends.
"""

import os
import time

import redis as redis_py
from flask import Flask, g
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from flask_redis import Redis

#: Of one answer. On loopback connecting takes no time, with or without a server.
TIMEOUT = 0.5
RETRIES = 3
BACKOFF = 0.4


def longest_request(silence=0):
    """The seconds that its two commands can take, as redis-py makes its tries.

    Each try ends after the silence of a server that does not answer, or at once where
    there is none. Before the first try of a command the pool sees to a connection, in
    as many tries.
    """
    tries = (RETRIES + 1) * silence + RETRIES * BACKOFF
    return 2 * (tries + tries)


class Client(redis_py.StrictRedis):
    """Counts what was sent, and what of it was answered."""

    def parse_response(self, connection, command_name, **options):
        counts = command_name == "INCRBY"  # what redis-py sends for incr()
        g.sent += counts
        answer = super().parse_response(connection, command_name, **options)
        g.answered += counts
        return answer


redis = Redis(decode_responses=True)


def create_app():
    app = Flask(__name__, static_folder=None)
    app.config.update(
        REDIS_URL=os.environ["REDIS_URL"],
        REDIS_CLASS=Client,
        REDIS_SOCKET_CONNECT_TIMEOUT=TIMEOUT,
        REDIS_SOCKET_TIMEOUT=TIMEOUT,
        REDIS_RETRY=Retry(ConstantBackoff(BACKOFF), RETRIES),
    )
    redis.init_app(app)

    @app.before_request
    def start():
        g.start = time.monotonic()
        g.sent = g.answered = 0

    @app.post("/counts/<name>")
    def count(name):
        counted = redis.incr(name)
        # What was sent before may be carried out late, never undone.
        assert int(redis.get(name)) >= counted
        return report(acknowledged=True)

    @app.errorhandler(redis_py.ConnectionError)
    @app.errorhandler(redis_py.TimeoutError)
    def show_outage(error):
        return report(acknowledged=False), 503

    return app


def report(**more):
    return {
        "sent": g.sent,
        "answered": g.answered,
        "seconds": time.monotonic() - g.start,
        "worker": os.getpid(),
        **more,
    }
