"""One extension object that many threads use at once.

``tox run -e free-threaded`` runs this, and the other tests, on a Python without the
global interpreter lock, where the threads run side by side.
"""

import gc
import weakref
from collections import Counter
from threading import Barrier, Event

import many_apps
import redis as redis_py
from flask import current_app
from servers import arguments, make_app

from flask_redis import FlaskRedis, Redis

APPS = 20
CALLS = 200_000
#: By each of half of the threads.
REGISTERED = 100
#: How often all threads start together.
STARTS = 25
THREADS = range(many_apps.THREADS)


def test_calls_in_nested_contexts_of_many_apps(roomy, figure):
    expected = many_apps.count(roomy.port, APPS, CALLS)
    found = many_apps.counted(roomy)
    figure("apps", APPS)
    figure("threads", len(THREADS))
    figure("calls", expected.total())
    astray = sum(n for (db, key), n in found.items() if key != f"app {db}")
    figure("calls that reached another database", astray)
    assert expected.total() >= CALLS
    assert found == {(db, f"app {db}"): expected[f"app {db}"] for db in range(APPS)}


def test_apps_that_come_and_go_while_others_call(server, figure):
    """The lasting app is in database 5. Half of the threads register apps."""
    redis = Redis(decode_responses=True)
    lasting = make_app(**server.settings, REDIS_DB=5)
    redis.init_app(lasting)
    done, calls, left = Event(), Counter(), weakref.WeakSet()
    half = len(THREADS) // 2

    def register(number):
        for _ in range(REGISTERED):
            app = make_app(f"app {number}", **server.settings, REDIS_DB=number)
            redis.init_app(app)
            with app.app_context():
                redis.incr(app.name)
                # No other has this client, and another app's is found inside.
                assert arguments(redis)["db"] == number
                with lasting.app_context():
                    assert arguments(redis)["db"] == 5
                redis.connection.close()
            left.update([app, app.extensions["redis"]["REDIS"]])

    def call(number):
        while not done.is_set():
            with lasting.app_context():
                redis.incr("lasting")
                assert isinstance(redis, redis_py.Redis)
                assert "incr" in dir(redis)
            calls[number] += 1

    def work(number):
        try:
            (call if number >= half else register)(number)
        finally:
            if number < half:
                registered.wait()

    registered = Barrier(half, done.set)
    many_apps.in_threads(work, THREADS)
    gc.collect()
    figure("apps registered and dropped", REGISTERED * half)
    figure("apps and clients left", len(left))
    figure("calls meanwhile", calls.total())
    assert calls.total() > 0
    assert len(left) == 0
    expected = {(number, f"app {number}"): REGISTERED for number in range(half)}
    assert many_apps.counted(server) == {**expected, (5, "lasting"): calls.total()}


def test_first_call_to_a_cluster(node, figure):
    """All threads come at once to a client that is not started."""
    for start in range(STARTS):
        redis = Redis(make_app(**node.settings, REDIS_CLASS=redis_py.RedisCluster))
        barrier = Barrier(len(THREADS))
        numbers = []

        def visit(_, redis=redis, barrier=barrier, numbers=numbers):
            barrier.wait(30)
            numbers.append(redis.incr("visits"))

        many_apps.in_threads(visit, THREADS)
        before = start * len(THREADS)
        assert sorted(numbers) == [before + 1 + number for number in THREADS]
        redis.close()
    figure("clients", STARTS)
    figure("first calls to each", len(THREADS))


def test_flask_redis_objects_that_are_made_at_once(server, figure):
    """As helpers do: ``FlaskRedis(current_app)``, each with its own options."""
    for _ in range(STARTS):
        app = make_app(**server.settings)
        barrier = Barrier(len(THREADS))

        def make(number, app=app, barrier=barrier):
            with app.app_context():
                barrier.wait(30)
                store = FlaskRedis(current_app, socket_timeout=number + 1)
                store.incr("made")
                assert arguments(store)["socket_timeout"] == number + 1
                store.connection.close()

        many_apps.in_threads(make, THREADS)
    figure("apps", STARTS)
    figure("objects for each", len(THREADS))
    assert many_apps.counted(server) == {(0, "made"): STARTS * len(THREADS)}
