"""A client that is used before a fork, and by all processes after it."""

import gc
import itertools
import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event, Thread

import pytest
from marks import open_connections, sockets, write_and_read
from servers import make_app, wait_until

from flask_redis import Redis


def fork(function):
    """Runs it in a child, which ends well only if it raises nothing, and in time."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.alarm(60)
            function()
            status = 0
        finally:
            os._exit(status)
    return child


def end_well(children):
    return all(os.waitpid(child, 0)[1] == 0 for child in children)


def test_gunicorn_forks_a_client_in_use(server, serve, figure):
    site = serve("marks:create_app()", "--preload", REDIS_URL=server.tcp_url())

    def mark(_):
        with closing(site.visitor()) as visitor:
            assert visitor.post("/marks/250")[0] == 200

    with ThreadPoolExecutor(32) as visitors:
        list(visitors.map(mark, range(32)))

    before = sockets(server.port, site.master.pid)
    assert len(before) == 4
    seen = {site.master.pid: before}

    def all_are_seen():
        with closing(site.visitor()) as visitor:
            found = json.loads(visitor.get("/sockets")[1])
            seen[found["worker"]] = set(found["sockets"])
        return len(seen) == 3

    wait_until(all_are_seen)
    assert seen.keys() == {site.master.pid, *site.workers}
    pairs = itertools.combinations(seen.values(), 2)
    shared = set().union(*(one & other for one, other in pairs))
    figure("processes", len(seen))
    figure("marks written and read", 32 * 250)
    figure("connections", sum(map(len, seen.values())))
    figure("connections of two processes", len(shared))
    assert not shared


def test_processes_fork_from_one_that_uses_the_client(server, figure):
    redis = Redis(make_app(**server.settings), decode_responses=True)
    open_connections(redis, 4)
    before = sockets(server.port)
    assert len(before) == 4

    def use():
        write_and_read(redis, 3000)
        gc.collect()
        assert sockets(server.port).isdisjoint(before)

    children = [fork(use) for _ in range(4)]
    write_and_read(redis, 3000)
    assert sockets(server.port) == before
    assert end_well(children)
    figure("processes", 5)
    figure("marks written and read", 5 * 3000)
    redis.connection_pool.disconnect()


# Python 3.12 and later say that it is risky, which is what is tried here.
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_fork_while_threads_use_the_client(server, figure):
    redis = Redis(make_app(**server.settings), decode_responses=True)
    ended = Event()

    def use():
        while not ended.is_set():
            write_and_read(redis, 1)

    threads = [Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(10):
            children = [fork(lambda: write_and_read(redis, 100)) for _ in range(2)]
            assert end_well(children)
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    figure("threads", 8)
    figure("processes forked meanwhile", 20)
    redis.connection_pool.disconnect()
