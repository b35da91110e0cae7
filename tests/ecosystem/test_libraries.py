"""Other libraries are handed the extension, and go to the database that it says.

Each is tried in a simple app and in one from a factory, where it gets the object
before there is a current app.
"""

import pytest
import redis_lock
from flask import session
from flask_caching import Cache
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_session import Session
from huey import RedisHuey
from rq import Queue, SimpleWorker
from servers import make_app

from flask_redis import Redis

DB = 5


def simple(server, extend):
    app = make_app(REDIS_URL=server.tcp_url(DB))
    redis = Redis(app)
    extend(app, redis)
    return app, redis


def factory(server, extend):
    redis = Redis()

    def create_app():
        app = make_app(REDIS_URL=server.tcp_url(DB))
        redis.init_app(app)
        extend(app, redis)
        return app

    return create_app(), redis


def early(server, extend):
    """The other library comes first: the object has no app yet."""
    app, redis = make_app(REDIS_URL=server.tcp_url(DB)), Redis()
    extend(app, redis)
    redis.init_app(app)
    return app, redis


@pytest.fixture(params=[simple, factory])
def create(request, server):
    """Makes an app and its Redis object, and calls a function with them."""
    return lambda extend=lambda app, redis: None: request.param(server, extend)


def the_keys(server):
    """Those that are there. In no other database is anything."""
    keys = server.keys()
    assert {db for db, _ in keys} == {DB}
    return {key for _, key in keys}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("create", [simple, factory, early], indirect=True)
def test_flask_session(create, server):
    def extend(app, redis):
        app.config.update(SESSION_TYPE="redis", SESSION_REDIS=redis)
        Session(app)

        @app.post("/visits")
        def visit():
            session["visits"] = session.get("visits", 0) + 1
            return str(session["visits"])

    app, _ = create(extend)
    browser = app.test_client()
    assert [browser.post("/visits").text for _ in range(3)] == ["1", "2", "3"]
    assert app.test_client().post("/visits").text == "1"
    assert len([key for key in the_keys(server) if key.startswith("session:")]) == 2


def test_flask_caching(create, server):
    calls = []

    def extend(app, redis):
        app.config.update(
            CACHE_TYPE="RedisCache",
            CACHE_REDIS_HOST=redis,
            CACHE_KEY_PREFIX="cache:",
        )
        cache = Cache(app)

        @app.get("/")
        @cache.cached(key_prefix="page")
        def page():
            calls.append(None)
            return "a page"

    app, _ = create(extend)
    for _ in range(3):
        assert app.test_client().get("/").text == "a page"
    assert len(calls) == 1
    assert the_keys(server) == {"cache:page"}


def test_flask_limiter(create, server):
    def extend(app, redis):
        with app.app_context():
            options = {"connection_pool": redis.connection_pool}
        limiter = Limiter(
            get_remote_address,
            app=app,
            storage_uri="redis://",
            storage_options=options,
        )

        @app.get("/")
        @limiter.limit("2 per hour")
        def page():
            return "a page"

    app, _ = create(extend)
    browser = app.test_client()
    assert [browser.get("/").status_code for _ in range(3)] == [200, 200, 429]
    assert any(key.startswith("LIMITS:") for key in the_keys(server))


def double(number):
    return 2 * number


def test_rq(create, server):
    jobs = []

    def extend(app, redis):
        @app.post("/jobs")
        def enqueue():
            job = Queue("jobs", connection=redis).enqueue(double, 21)
            jobs.append(job)
            return job.id

    app, redis = create(extend)
    job_id = app.test_client().post("/jobs").text
    assert f"rq:job:{job_id}" in the_keys(server)
    with app.app_context():
        queue = Queue("jobs", connection=redis)
        assert SimpleWorker([queue], connection=redis).work(burst=True)
        assert queue.fetch_job(job_id).return_value() == 42
    the_keys(server)


def test_python_redis_lock(create, server):
    app, redis = create()
    with app.app_context(), redis_lock.Lock(redis, "name", expire=10):
        assert the_keys(server) == {"lock:name"}
        assert not redis_lock.Lock(redis, "name").acquire(blocking=False)


def test_huey(create, server):
    app, redis = create()
    with app.app_context():
        huey = RedisHuey("jobs", connection_pool=redis.connection_pool)
    doubled = huey.task()(double)(21)
    assert the_keys(server) == {"huey.redis.jobs"}
    huey.execute(huey.dequeue())
    assert doubled.get() == 42
    with app.app_context():
        redis.flushdb()
