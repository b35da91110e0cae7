"""A site whose client is in use before gunicorn forks the workers."""

import gc
import os
import threading

import psutil
from flask import Flask

from flask_redis import Redis

redis = Redis(decode_responses=True)


def create_app():
    app = Flask(__name__, static_folder=None)
    app.config["REDIS_URL"] = os.environ["REDIS_URL"]
    redis.init_app(app)
    with app.app_context():
        open_connections(redis, 4)

    @app.post("/marks/<int:times>")
    def mark(times):
        write_and_read(redis, times)
        return {}

    @app.get("/sockets")
    def look():
        # What it inherited redis-py sets aside, for the garbage collector to close.
        gc.collect()
        port = redis.connection_pool.connection_kwargs["port"]
        return {"worker": os.getpid(), "sockets": [*sockets(port)]}

    return app


def open_connections(redis, number):
    """Leaves so many in the pool."""
    pool = redis.connection_pool
    connections = [pool.get_connection() for _ in range(number)]
    for connection in connections:
        pool.release(connection)


def write_and_read(redis, times):
    """What another process or thread wrote, or was answered, would be seen here."""
    name = f"{os.getpid()} {threading.get_ident()}"
    for number in range(times):
        mark = f"{name} {number}"
        redis.set(name, mark)
        assert redis.get(name) == mark
        assert redis.echo(mark) == mark


def sockets(port, process=None):
    """The own ends of the connections to a server that a process has, or this one."""
    return {
        connection.laddr.port
        for connection in psutil.Process(process).net_connections("tcp4")
        if connection.raddr and connection.raddr.port == port
    }
