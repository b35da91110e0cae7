"""Many apps on one extension object: at once, and one after another."""

import gc
import json
import os
import subprocess
import sys
import tracemalloc
import weakref

import many_apps
import psutil
import pytest
from flask import current_app
from redis import DriverInfo
from servers import make_app

import flask_redis
from flask_redis import FlaskRedis, Redis


@pytest.mark.parametrize(
    "patched", [[], ["-m", "gevent.monkey"]], ids=["threads", "gevent"]
)
def test_no_call_reaches_the_database_of_another_app(patched, roomy, figure):
    run = subprocess.run(
        [sys.executable, *patched, many_apps.__file__, str(roomy.port)],
        check=True,
        stdout=subprocess.PIPE,
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    expected = json.loads(run.stdout)
    found = many_apps.counted(roomy)
    astray = sum(number for (db, key), number in found.items() if key != f"app {db}")
    figure("apps", many_apps.APPS)
    figure("threads", many_apps.THREADS)
    figure("calls", sum(expected.values()))
    figure("calls that reached another database", astray)
    assert sum(expected.values()) >= many_apps.CALLS
    assert found == {
        (db, f"app {db}"): expected[f"app {db}"] for db in range(many_apps.APPS)
    }


def test_apps_that_come_and_go(server, figure):
    # What redis-py looks up anew for each client takes as long as all the rest.
    redis = Redis(decode_responses=True, driver_info=DriverInfo())

    def come_and_go(number):
        """Gives how many of so many apps, and their clients, are still there."""
        left = weakref.WeakSet()
        for _ in range(number):
            app = make_app(**server.settings)
            redis.init_app(app)
            with app.app_context():
                assert redis.incr("used")
            left.update([app, app.extensions["redis"]["REDIS"]])
        del app
        gc.collect()
        return len(left)

    # What Python, Flask and redis-py keep of the first ones.
    come_and_go(500)
    before = used()
    left = come_and_go(10000)
    memory, files, objects = (now - then for now, then in zip(used(), before))
    kept = kept_by_the_module(lambda: come_and_go(200))
    figure("apps", 10000)
    figure("apps and clients left", left)
    figure("file descriptors left", files)
    figure("Python objects left", objects)
    figure("resident memory", f"{memory / 2**20:+.1f} MB")
    assert left == 0
    assert files == 0
    # Less than one for each app, and a kilobyte.
    assert objects < 10000
    assert memory < 10 * 2**20
    # Not so much as a reference to each of 200 apps.
    assert kept < 200 * 8


def test_flask_redis_object_per_request(server, figure):
    """As helpers do: ``FlaskRedis(current_app, decode_responses=True)``."""
    app = make_app(**server.settings)
    redis = FlaskRedis(app)
    driver = DriverInfo()

    @app.get("/")
    def view():
        store = FlaskRedis(current_app, decode_responses=True, driver_info=driver)
        return str(store.incr("used"))

    def request(number):
        """Gives the most connections that the server had at once."""
        web = app.test_client()
        most = 0
        for _ in range(number):
            assert web.get("/").status_code == 200
            if not _ % 100:
                most = max(most, int(redis.info("clients")["connected_clients"]))
        gc.collect()
        return most

    request(500)
    before = used()
    connections = request(10000)
    memory, files, objects = (now - then for now, then in zip(used(), before))
    kept = kept_by_the_module(lambda: request(200))
    figure("FlaskRedis objects, one in each request", 10000)
    figure("connections at once, at most", connections)
    figure("file descriptors left", files)
    figure("Python objects left", objects)
    figure("resident memory", f"{memory / 2**20:+.1f} MB")
    assert redis.get("used") == b"10900"
    assert connections < 20
    assert files <= 0
    assert objects < 10000
    assert memory < 10 * 2**20
    assert kept < 200 * 8


def used():
    """The memory, file descriptors and Python objects of this process."""
    process = psutil.Process()
    return process.memory_info().rss, process.num_fds(), len(gc.get_objects())


def kept_by_the_module(function):
    """The bytes that its own lines allocate and do not free."""
    only = [tracemalloc.Filter(True, flask_redis.__file__)]
    tracemalloc.start()
    try:
        function()
        before = tracemalloc.take_snapshot().filter_traces(only)
        function()
        after = tracemalloc.take_snapshot().filter_traces(only)
    finally:
        tracemalloc.stop()
    return sum(each.size_diff for each in after.compare_to(before, "filename"))
