"""Code as it was written for flask-redis, with FlaskRedis of this module."""

import contextlib
import copy
import gc
import importlib.metadata
import importlib.util
import os
import sys
import threading
import unittest.mock
import weakref
from concurrent.futures import ThreadPoolExecutor

import fakeredis
import pytest
import redis as redis_py
from flask import Flask, current_app, stream_with_context
from servers import arguments, make_app

import flask_redis
from flask_redis import FlaskRedis, Redis

# Registering.


def test_options_in_init_app(app):
    redis_store = FlaskRedis()
    redis_store.init_app(app, decode_responses=True)
    redis_store.set("key", "value")
    assert redis_store.get("key") == "value"


def test_options_in_init_app_win_over_those_of_the_constructor(server):
    for kind in (FlaskRedis, Redis):
        app = make_app(REDIS_HOST="127.0.0.1", REDIS_PORT=server.port)
        redis = kind(decode_responses=True, db=3)
        redis.init_app(app, db=4)
        with app.app_context():
            redis.set("key", "value")
            assert redis.get("key") == "value"
        assert server.keys() == {(4, "key")}
        # They are those of this app alone.
        other = make_app(REDIS_HOST="127.0.0.1", REDIS_PORT=server.port)
        redis.init_app(other)
        assert arguments(other.extensions["redis"]["REDIS"])["db"] == 3


def test_current_app_in_a_helper(app, server):
    FlaskRedis(app)

    def store(**options):
        return FlaskRedis(current_app, **options)

    with app.app_context():
        store().set("key", "value")
        assert store(decode_responses=True).get("key") == "value"
        assert store().get("key") == b"value"
    assert server.keys() == {(0, "key")}


def test_current_app_given_to_init_app(server):
    redis = FlaskRedis()
    app = make_app(REDIS_URL=server.url(3))
    with app.app_context():
        redis.init_app(current_app, decode_responses=True)
    redis.set("key", "value")
    assert redis.get("key") == "value"
    assert redis.app is app
    assert server.keys() == {(3, "key")}


def test_two_objects_on_an_app_with_their_own_options(app):
    binary, text = FlaskRedis(), FlaskRedis(decode_responses=True)
    binary.init_app(app)
    text.init_app(app)
    text.set("key", "value")
    for context in (app.app_context(), app.test_request_context()):
        with context:
            assert (binary.get("key"), text.get("key")) == (b"value", "value")
    assert (binary.get("key"), text.get("key")) == (b"value", "value")
    # The entry is the client of the first.
    assert app.extensions["redis"]["REDIS"] is binary.connection


def test_constructor_with_the_app_and_then_init_app(app, server):
    redis = FlaskRedis(app)
    first = redis.connection
    redis.init_app(app, decode_responses=True)
    redis.set("key", "value")
    assert redis.get("key") == "value"
    assert redis.connection is app.extensions["redis"]["REDIS"] is not first


def test_registered_again_with_another_url(server):
    """The password in one URL is not sent to the server of another."""
    app = make_app(REDIS_URL="redis://ann:hunter2Zq9@there:1")
    redis = FlaskRedis(app)
    assert app.config["REDIS_PASSWORD"] == "hunter2Zq9"
    app.config["REDIS_URL"] = server.tcp_url(4)
    redis.init_app(app)
    redis.set("key", "value")
    assert server.keys() == {(4, "key")}


def test_password_that_was_copied_counts():
    app = make_app(REDIS_URL="redis://:hunter2Zq9@there/1", CACHE_HOST="there")
    FlaskRedis(app)
    app.config["CACHE_PASSWORD"] = app.config["REDIS_PASSWORD"]
    assert arguments(Redis(app, "CACHE"))["password"] == "hunter2Zq9"


def test_password_setting_beside_a_url_still_counts():
    app = make_app(REDIS_URL="redis://there", REDIS_PASSWORD="pass")
    for _ in range(2):
        assert arguments(FlaskRedis(app))["password"] == "pass"


def test_beside_redis_the_client_of_redis_stays(app):
    redis = Redis(app, decode_responses=True)
    client = redis.connection
    store = FlaskRedis(app)
    store.set("key", "value")
    assert (redis.get("key"), store.get("key")) == ("value", b"value")
    assert app.extensions["redis"]["REDIS"] is redis.connection is client
    with pytest.raises(ValueError, match="'REDIS'"):
        Redis(app)


@pytest.mark.parametrize("strict", [True, False])
def test_strict_is_ignored(strict, app, server):
    for redis in (FlaskRedis(app, strict), FlaskRedis(app, strict=strict)):
        assert type(redis._redis_client) is redis_py.StrictRedis
    app.config["CACHE_URL"] = server.url()
    assert FlaskRedis(app, strict, "CACHE").config_prefix == "CACHE"


def test_prefix_in_the_place_of_strict_is_an_error(app):
    with pytest.raises(TypeError, match="strict"):
        FlaskRedis(app, "CACHE")
    assert "redis" not in app.extensions


def test_old_names_of_options(app):
    redis = FlaskRedis(app, charset="latin-1", errors="replace", decode_responses=True)
    redis.set("key", "ä".encode("latin-1"))
    assert redis.get("key") == "ä"
    assert arguments(redis)["encoding"] == "latin-1"


def test_config_prefix(server):
    app = make_app(DBA_URL=server.tcp_url(1), DBB_URL=server.tcp_url(2))
    redis_a = FlaskRedis(app, config_prefix="DBA")
    redis_b = FlaskRedis(app, config_prefix="DBB")
    redis_a.set("key", "a")
    redis_b.set("key", "b")
    assert server.keys() == {(1, "key"), (2, "key")}
    assert (redis_a.config_prefix, redis_b.config_prefix) == ("DBA", "DBB")


def test_failed_registration_changes_nothing(app):
    redis = FlaskRedis(app)
    client = redis.connection
    app.config["REDIS_PORT"] = "x"
    app.config["REDIS_URL"] = None
    with pytest.raises(ValueError, match="REDIS_PORT"):
        redis.init_app(app)
    assert redis.connection is client
    with pytest.raises(ValueError, match="REDIS_PORT"):
        FlaskRedis(app)


# Databases.


def test_database_in_code_counts_if_the_url_has_none(server):
    app = make_app(REDIS_URL=f"redis://127.0.0.1:{server.port}")
    FlaskRedis(app).set("first", 1)
    FlaskRedis(app, db=5).set("second", 1)
    assert server.keys() == {(0, "first"), (5, "second")}


def test_database_in_the_url_wins_over_the_one_in_code(server):
    FlaskRedis(make_app(REDIS_URL=server.tcp_url(2)), db=5).set("key", 1)
    assert server.keys() == {(2, "key")}


@pytest.mark.parametrize(
    ("url", "options", "expected"),
    [
        ("redis://there", {"port": 6380}, ("there", 6380, 0)),
        ("redis:///3", {"host": "here", "port": "6380"}, ("here", 6380, 3)),
        ("redis://there:1/2", {"host": "x", "port": 2, "db": 3}, ("there", 1, 2)),
        ("redis://there?db=2", {"db": 3}, ("there", 6379, 2)),
        ("redis://there", {"db": None}, ("there", 6379, 0)),
    ],
)
def test_options_complete_the_address_in_the_url(url, options, expected):
    found = arguments(FlaskRedis(make_app(REDIS_URL=url), **options))
    assert (found["host"], found["port"], found["db"]) == expected


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("redis://there", {"db": 5}),
        ("redis://there/", {"db": "5"}),
        ("redis://there/5", {"port": 6380}),
        ("redis://:pass@/5", {"host": "here"}),
        ("redis:///5", {"unix_socket_path": "/run/redis.sock"}),
        ("redis:///5", {"connection_pool": redis_py.ConnectionPool()}),
        ("unix:///run/redis.sock", {"db": 5}),
        ("redis+sentinel://there/shop", {"db": 5}),
        ("redis+cluster://there", {"db": 5}),
    ],
)
def test_redis_refuses_options_that_a_default_of_the_url_overrides(url, options):
    app = make_app(REDIS_URL=url)
    redis = Redis()
    (name,) = options
    for register in (
        lambda: Redis(app, **options),
        lambda: redis.init_app(app, **options),
    ):
        with pytest.raises(ValueError, match=f"^REDIS_URL does not give the {name}"):
            register()
    assert "redis" not in app.extensions


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("redis://there", {"db": 0}),
        ("redis://there", {"db": "0", "port": 6379}),
        ("redis://there", {"db": None}),
        ("redis://", {"host": "localhost"}),
        ("redis://there:1/2", {"db": 5, "port": 3, "host": "x"}),
    ],
)
def test_redis_takes_options_that_agree_or_are_overridden(url, options):
    Redis(make_app(REDIS_URL=url), **options)


def test_options_that_cannot_complete_a_url_are_errors():
    app = make_app(REDIS_URL="redis:///5")
    with pytest.raises(ValueError, match=r"^REDIS_URL .* the unix_socket"):
        FlaskRedis(app, unix_socket_path="/run/redis.sock")
    app = make_app(REDIS_URL="redis+cluster://there")
    with pytest.raises(ValueError, match=r"^REDIS_DB .* a cluster"):
        FlaskRedis(app, db=5)


# Outside any context.


def test_calls_at_the_end_of_a_factory(server):
    redis_store = FlaskRedis()

    def create_app():
        app = make_app(REDIS_URL=server.url(3))
        redis_store.init_app(app)
        redis_store.setnx("started", "1")
        redis_store.script = redis_store.register_script("return redis.call('PING')")
        return app

    create_app()
    assert redis_store.script() == b"PONG"
    assert redis_store["started"] == b"1"
    assert server.keys() == {(3, "started")}


def test_calls_outside_go_to_the_app_registered_last(server):
    redis = FlaskRedis()
    apps = [make_app(str(db), REDIS_URL=server.url(db)) for db in range(3)]
    for app in apps:
        redis.init_app(app)
    redis.set("outside", 1)
    with apps[0].app_context():
        redis.set("inside", 1)
    assert server.keys() == {(2, "outside"), (0, "inside")}


def test_inside_contexts_apps_are_never_mixed_up(server):
    redis = FlaskRedis()
    apps = [make_app(f"app{db}", REDIS_URL=server.url(db)) for db in range(4)]
    for app in apps:
        redis.init_app(app)
    barrier = threading.Barrier(len(apps))

    def work(app):
        with app.app_context():
            barrier.wait(10)
            for number in range(50):
                redis.rpush(app.name, number)

    with ThreadPoolExecutor(len(apps)) as pool:
        list(pool.map(work, apps))
    assert server.keys() == {(n, f"app{n}") for n in range(4)}
    with make_app("stranger").app_context(), pytest.raises(RuntimeError, match="init"):
        redis.get("key")


def test_threads_have_no_context(app, server):
    redis = FlaskRedis(app)
    with app.app_context(), ThreadPoolExecutor(2) as pool:
        list(pool.map(redis.set, ["one", "two"], [1, 2]))
    assert server.keys() == {(0, "one"), (0, "two")}


def test_streamed_response(app):
    redis = FlaskRedis()
    redis.init_app(app)
    redis.rpush("lines", "a", "b")

    @app.get("/")
    def stream():
        def lines():
            while line := redis.lpop("lines"):
                yield line

        return lines()

    assert app.test_client().get("/").data == b"ab"


@pytest.mark.parametrize("way", ["stream_with_context", "connection"])
def test_streamed_response_with_redis(way, app):
    redis = Redis()
    redis.init_app(app)
    with app.app_context():
        redis.rpush("lines", "a", "b")

    @app.get("/")
    def stream():
        client = redis.connection if way == "connection" else redis

        def lines():
            while line := client.lpop("lines"):
                yield line

        return lines() if way == "connection" else stream_with_context(lines())

    assert app.test_client().get("/").data == b"ab"


def test_redis_still_wants_a_context(app):
    redis = Redis()
    redis.init_app(app)
    with pytest.raises(RuntimeError, match="app_context"):
        redis.get("key")


# Providers.


def test_fake_provider(app):
    redis = FlaskRedis.from_custom_provider(fakeredis.FakeStrictRedis, app)
    redis.set("key", "value")
    assert redis.get("key") == b"value"
    assert type(redis._redis_client) is fakeredis.FakeStrictRedis
    assert redis.provider_class is fakeredis.FakeStrictRedis
    assert isinstance(redis, fakeredis.FakeStrictRedis)
    assert isinstance(redis, FlaskRedis)


def test_fake_provider_with_options_and_init_app(app, server):
    redis = FlaskRedis.from_custom_provider(
        fakeredis.FakeStrictRedis, decode_responses=True, config_prefix="CACHE"
    )
    assert redis._redis_client is None
    redis.init_app(app)
    redis.set("key", "value")
    assert redis.get("key") == "value"
    assert redis.config_prefix == "CACHE"
    assert server.keys() == set()


def test_provider_with_a_from_url_of_its_own(server):
    class DecodedRedis(redis_py.StrictRedis):
        @classmethod
        def from_url(cls, url, db=None, **kwargs):
            return redis_py.StrictRedis.from_url(url, decode_responses=True, **kwargs)

    app = make_app(REDIS_URL=server.tcp_url(2))
    redis = FlaskRedis.from_custom_provider(DecodedRedis, app)
    redis.set("key", "value")
    assert redis.get("key") == "value"
    assert server.keys() == {(2, "key")}


def test_provider_that_is_not_a_client():
    class Fake:
        def __init__(self, *args):
            self.args = args

        @classmethod
        def from_url(cls, *args, **kwargs):
            return cls(*args, kwargs)

    redis = FlaskRedis.from_custom_provider(Fake, make_app(), socket_timeout=2)
    url = "redis://localhost:6379/0"
    assert redis._redis_client.args == (url, {"socket_timeout": 2})


def test_no_provider_is_an_error(app):
    redis = FlaskRedis.from_custom_provider(None)
    with pytest.raises(AttributeError, match="from_url"):
        redis.init_app(app)
    assert "redis" not in app.extensions


# The client in _redis_client.


def test_reading_the_client(app):
    redis = FlaskRedis()
    assert redis._redis_client is None
    redis.init_app(app)
    assert redis._redis_client is app.extensions["redis"]["REDIS"]
    with app.app_context():
        assert redis._redis_client is redis.connection


def uses(redis):
    redis.set("key", "value")
    redis["item"] = "value"
    assert redis.get("key") == redis["item"] == redis.connection.get("key")
    assert "key" in redis
    with redis.pipeline() as pipeline:
        pipeline.get("key").execute()
    del redis["item"]


def test_assigned_client_is_used_for_everything(app, server):
    redis = FlaskRedis(app)
    redis._redis_client = fake = fakeredis.FakeStrictRedis()
    uses(redis)
    assert server.keys() == set()
    assert fake.get("key") == b"value"
    assert redis._redis_client is redis.connection is fake
    assert isinstance(redis, fakeredis.FakeStrictRedis)
    redis.init_app(app)
    assert redis._redis_client is app.extensions["redis"]["REDIS"]


def test_client_that_a_test_assigns_back_belongs_to_its_app(server):
    redis = FlaskRedis()
    apps = [make_app(str(db), REDIS_URL=server.url(db)) for db in range(2)]
    for app in apps:
        redis.init_app(app)
    with apps[0].app_context():
        original = redis._redis_client
        redis._redis_client = fakeredis.FakeStrictRedis()
    redis._redis_client = original
    for app in apps:
        with app.app_context():
            assert redis._redis_client is app.extensions["redis"]["REDIS"]


@pytest.mark.parametrize("patch", ["mock", "monkeypatch"])
def test_patched_client_and_init_app(patch, app, server):
    redis = FlaskRedis()
    fake = fakeredis.FakeStrictRedis()
    if patch == "mock":
        with unittest.mock.patch.object(redis, "_redis_client", fake):
            redis.init_app(app)
    else:
        with pytest.MonkeyPatch.context() as patcher:
            patcher.setattr(redis, "_redis_client", fake)
            redis.init_app(app)
    assert redis._redis_client is not fake
    assert redis.connection is app.extensions["redis"]["REDIS"]


def test_assigned_client_before_init_app():
    redis = FlaskRedis()
    redis._redis_client = fakeredis.FakeStrictRedis()
    uses(redis)
    redis._redis_client = None
    assert redis._redis_client is None
    with pytest.raises(RuntimeError, match="init_app"):
        redis.get("key")


@pytest.mark.parametrize("start", ["inside", "outside"])
@pytest.mark.parametrize("end", ["inside", "outside", "another app"])
@pytest.mark.parametrize("patch", ["mock", "monkeypatch"])
def test_patched_client(patch, start, end, server):
    redis = FlaskRedis()
    apps = [make_app(str(db), REDIS_URL=server.url(db)) for db in range(2)]
    for app in apps:
        redis.init_app(app)
    fake = fakeredis.FakeStrictRedis()
    contexts = {
        "inside": apps[0].app_context,
        "outside": contextlib.nullcontext,
        "another app": apps[1].app_context,
    }
    with contexts[start]():
        if patch == "mock":
            patcher = unittest.mock.patch.object(redis, "_redis_client", fake)
            patcher.start()
        else:
            patcher = pytest.MonkeyPatch()
            patcher.setattr(redis, "_redis_client", fake)
        uses(redis)
    assert server.keys() == set()
    with contexts[end]():
        patcher.stop() if patch == "mock" else patcher.undo()
    for app in apps:
        with app.app_context():
            assert redis._redis_client is app.extensions["redis"]["REDIS"]
            redis.set(app.name, 1)
    assert server.keys() == {(0, "0"), (1, "1")}


# The entry in app.extensions.


def test_entry_is_used_as_the_client(app, server):
    FlaskRedis(app)
    with app.app_context():
        entry = current_app.extensions["redis"]
    assert entry.set("token", "value")
    assert entry.get("token") == b"value"
    assert entry.get(name="token") == b"value"
    assert entry.get("none") is None
    assert entry.keys("to*") == [b"token"]
    assert entry.incr("count") == 1
    with entry.pipeline() as pipeline:
        assert pipeline.get("token").execute() == [b"value"]
    assert entry.connection_pool is entry["REDIS"].connection_pool
    entry.delete("token", "count")
    assert server.keys() == set()
    with pytest.raises(AttributeError, match="nonsense"):
        _ = entry.nonsense


def test_entry_is_a_dictionary_of_the_clients(server):
    app = make_app(REDIS_URL=server.url(1), CACHE_URL=server.url(2))
    cache = Redis(app, "CACHE")
    redis = FlaskRedis(app)
    entry = app.extensions["redis"]
    assert isinstance(entry, dict)
    clients = {"CACHE": cache.connection, "REDIS": redis.connection}
    assert entry == clients
    assert list(entry) == ["CACHE", "REDIS"]
    assert dict(entry.items()) == dict(entry) == clients
    assert entry.get("CACHE") is cache.connection
    assert entry.get("NONE", None) is None
    assert "REDIS" in entry
    assert "token" not in entry
    assert copy.copy(entry) == clients
    entry["REDIS"] = fake = fakeredis.FakeStrictRedis()
    assert redis.connection is fake
    assert entry.pop("REDIS") is fake
    with pytest.raises(RuntimeError, match="init_app"):
        redis.get("key")
    assert entry.get("REDIS") is None
    assert not hasattr(entry, "set")


def test_entry_of_a_redis_stays_a_dictionary(server):
    app = make_app(REDIS_URL=server.url(1), CACHE_URL=server.url(2))
    redis = Redis(app)
    FlaskRedis(app, config_prefix="CACHE")
    assert list(app.extensions["redis"].keys()) == ["REDIS", "CACHE"]
    assert app.extensions["redis"].get("SESSION") is None
    assert redis.connection is app.extensions["redis"]["REDIS"]


def test_what_the_entry_cannot_tell_apart_is_an_error(app):
    FlaskRedis(app)
    entry = app.extensions["redis"]
    with pytest.raises(TypeError, match="pattern"):
        entry.keys()
    for value in ("value", b"value", 1, 1.5):
        with pytest.raises(TypeError, match="'REDIS'"):
            entry["token"] = value
    with pytest.raises(KeyError, match="token"):
        entry["token"]
    assert list(entry) == ["REDIS"]


def test_entry_with_another_prefix(server):
    """flask-redis calls it like the prefix, in small letters."""
    app = make_app(CACHE_URL=server.tcp_url(4))
    FlaskRedis(app, config_prefix="CACHE")
    app.extensions["cache"].set("key", "value")
    assert app.extensions["cache"].get("key") == b"value"
    assert server.keys() == {(4, "key")}
    app.extensions["redis"]["CACHE"] = fakeredis.FakeStrictRedis()
    assert app.extensions["cache"].get("key") is None


def test_entry_of_another_extension_stays(server):
    app = make_app(CACHE_URL=server.url())
    app.extensions["cache"] = flask_caching = {}
    FlaskRedis(app, config_prefix="CACHE")
    assert app.extensions["cache"] is flask_caching


@pytest.mark.parametrize("kind", [Redis, FlaskRedis])
def test_entry_that_is_not_a_dictionary_is_an_error(kind, app):
    app.extensions["redis"] = other = object()
    with pytest.raises(TypeError, match="another extension"):
        kind(app)
    assert app.extensions["redis"] is other


# One object per request.


def counts(server):
    gc.collect()
    with server.client() as client:
        connections = len(client.client_list())
    files = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
    return connections, files


@pytest.mark.parametrize("first", [FlaskRedis, Redis, None])
def test_object_per_request_leaks_nothing(first, app, server):
    redis = first(app) if first else None

    @app.get("/")
    def view():
        store = FlaskRedis(current_app, decode_responses=True)
        return store.get("key") or "none"

    web = app.test_client()
    for _ in range(20):
        assert web.get("/").text == "none"
    before = counts(server)
    objects = len(gc.get_objects())
    for _ in range(300):
        assert web.get("/").text == "none"
    gc.collect()
    assert len(gc.get_objects()) - objects < 300
    assert counts(server) == before
    assert list(app.extensions["redis"]) == ["REDIS"]
    if redis:
        assert redis.get("key") is None


def test_no_app_is_kept_alive_but_the_last(server):
    redis = FlaskRedis()
    apps = [make_app(str(db), REDIS_URL=server.url(db)) for db in range(3)]
    for app in apps:
        redis.init_app(app)
    dropped = [weakref.ref(each) for each in apps]
    del apps, app
    gc.collect()
    assert [each() is None for each in dropped] == [True, True, False]
    assert redis.ping()


def test_settings_that_are_added_meanwhile(app):
    """As when another thread registers an object, which writes to the settings."""

    class Key:
        def __str__(self):
            app.config[f"ADDED_{len(app.config)}"] = None
            return "KEY"

    app.config[Key()] = None
    assert FlaskRedis(app).ping()


def test_many_threads_make_their_own(app):
    def work(number):
        with app.app_context():
            text = FlaskRedis(current_app, decode_responses=bool(number % 2))
            text.set(str(number), number)
            return text.get(str(number))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(work, range(200)))
    assert found == [str(n) if n % 2 else str(n).encode() for n in range(200)]


class Meeting(dict):
    """Extensions of an app. Who looks up the clients waits briefly for another."""

    def __init__(self, extensions):
        super().__init__(extensions)
        self.met = 0
        self._barrier = threading.Barrier(2, self.meet)

    def meet(self):
        self.met += 1

    def get(self, name, *default):
        found = super().get(name, *default)
        if name == "redis":
            with contextlib.suppress(threading.BrokenBarrierError):
                self._barrier.wait(1 if self.met else 30)
        return found


@pytest.mark.parametrize("prefixes", [[], ["CACHE"]])
def test_first_objects_of_an_app_at_the_same_time(prefixes, server):
    """The first makes ``app.extensions["redis"]``, or replaces that of ``Redis``."""
    app = make_app(**server.settings)
    for prefix in prefixes:
        Redis(app, prefix)
    app.extensions = Meeting(app.extensions)

    def work(timeout):
        with app.app_context():
            store = FlaskRedis(current_app, socket_timeout=timeout)
            return store, store.connection

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(work, (1, 2)))
    assert app.extensions.met == 1
    with app.app_context():
        for store, client in made:
            assert store.connection is client
        assert [arguments(store)["socket_timeout"] for store, _ in made] == [1, 2]


# The module.


def test_module_of_older_code():
    from flask_redis.client import FlaskRedis as old

    assert old is FlaskRedis
    assert importlib.import_module("flask_redis.client") is flask_redis
    assert flask_redis.client is flask_redis


def test_flask_redis_beside_this_module_is_told(monkeypatch):
    spec = importlib.util.spec_from_file_location("loaded", flask_redis.__file__)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "loaded", module)
    monkeypatch.setitem(sys.modules, "loaded.client", None)
    spec.loader.exec_module(module)
    monkeypatch.setattr(importlib.metadata, "version", {"flask-redis": "0.4.0"}.get)
    with pytest.warns(UserWarning, match="Uninstall flask-redis"):
        spec.loader.exec_module(module)


def test_app_registered_with_both_is_whole(server):
    """As when a library makes a FlaskRedis for an app that has a Redis."""
    app = Flask("an_app")
    app.config.update(REDIS_HOST="127.0.0.1", REDIS_PORT=server.port)
    redis, store = Redis(), FlaskRedis()
    for each in (redis, store):
        each.init_app(app)
    assert app.extensions["redis"].set("token", 1)
    with app.app_context():
        assert redis.get("token") == store.get("token") == b"1"
