"""Redis(app) and init_app: putting clients on apps."""

import gc
import sys
import weakref

import pytest
import redis as redis_py
from flask import current_app
from servers import FREE_THREADED, NO_RETRY, free_port, make_app

from flask_redis import Redis


def test_constructor_registers_with_an_app(app, server):
    redis = Redis(app)
    redis.set("key", "value")
    assert server.keys() == {(0, "key")}


def test_init_app_registers_with_an_app(app, server):
    redis = Redis()
    redis.init_app(app)
    with app.app_context():
        redis.set("key", "value")
    assert server.keys() == {(0, "key")}


@pytest.mark.parametrize(
    "register",
    [
        lambda app: Redis(app, "CACHE"),
        lambda app: Redis(app, config_prefix="CACHE"),
        lambda app: Redis().init_app(app, "CACHE"),
        lambda app: Redis().init_app(app, config_prefix="CACHE"),
        lambda app: Redis(config_prefix="CACHE").init_app(app),
        lambda app: Redis(config_prefix="OTHER").init_app(app, "CACHE"),
    ],
)
def test_prefix_of_the_settings(register, server):
    app = make_app(CACHE_URL=server.url(5), REDIS_DB=6, OTHER_DB=7)
    register(app)
    assert list(app.extensions["redis"]) == ["CACHE"]
    app.extensions["redis"]["CACHE"].set("key", "value")
    assert server.keys() == {(5, "key")}


def test_default_prefix_is_redis(app):
    Redis(app)
    assert list(app.extensions["redis"]) == ["REDIS"]


def test_client_is_kept_in_the_extensions_of_the_app(app):
    redis = Redis(app)
    assert type(app.extensions["redis"]["REDIS"]) is redis_py.StrictRedis
    assert redis.connection is app.extensions["redis"]["REDIS"]


def test_another_client_put_there_is_used(app, server):
    redis = Redis(app)
    app.extensions["redis"]["REDIS"] = server.client(9)
    redis.set("key", "value")
    assert redis.connection is app.extensions["redis"]["REDIS"]
    assert server.keys() == {(9, "key")}


def test_options_given_in_code_are_defaults(server):
    redis = Redis(make_app(**server.settings), decode_responses=True, db=3)
    redis.set("key", "value")
    assert redis.get("key") == "value"
    assert server.keys() == {(3, "key")}


def test_options_reach_every_app_that_is_registered(app):
    redis = Redis(decode_responses=True)
    redis.init_app(app)
    with app.app_context():
        redis.set("key", "value")
        assert redis.get("key") == "value"


def test_settings_win_over_options(server):
    app = make_app(**server.settings, REDIS_DB="2", REDIS_DECODE_RESPONSES="no")
    redis = Redis(app, decode_responses=True, db=3)
    redis.set("key", "value")
    assert redis.get("key") == b"value"
    assert server.keys() == {(2, "key")}


@pytest.mark.parametrize("address", ["unix_socket_path", "connection_pool"])
def test_host_setting_wins_over_any_address_given_as_option(address, app, server):
    other = {
        "unix_socket_path": "/nowhere",
        "connection_pool": redis_py.ConnectionPool(port=free_port(), retry=NO_RETRY),
    }
    assert Redis(app, **{address: other[address]}).ping()


def test_port_setting_leaves_the_socket_given_as_option(server):
    app = make_app(REDIS_PORT=free_port(), REDIS_CONNECTION_POOL=None)
    assert Redis(app, unix_socket_path=str(server.socket)).ping()


def test_misspelt_option_is_a_type_error_at_init_app(app):
    redis = Redis(decode_response=True)
    with pytest.raises(TypeError, match="'decode_response' for 'REDIS'"):
        redis.init_app(app)
    assert "redis" not in app.extensions


def test_no_connection_is_opened(app, server):
    with server.client() as client:
        before = client.info("stats")["total_connections_received"]
        Redis(app)
        assert client.info("stats")["total_connections_received"] == before


def test_app_starts_while_its_server_is_down():
    app = make_app(REDIS_PORT=free_port(), REDIS_RETRY=NO_RETRY)
    redis = Redis(app)
    with pytest.raises(redis_py.ConnectionError):
        redis.ping()


def test_single_connection_client_connects_at_once_as_redis_py_does(app, server):
    app.config["REDIS_SINGLE_CONNECTION_CLIENT"] = "true"
    with server.client() as client:
        before = client.info("stats")["total_connections_received"]
        redis = Redis(app)
        assert client.info("stats")["total_connections_received"] == before + 1
    redis.close()


def test_nothing_is_registered_when_the_server_of_a_single_connection_is_down():
    app = make_app(
        REDIS_PORT=free_port(),
        REDIS_RETRY=NO_RETRY,
        REDIS_SINGLE_CONNECTION_CLIENT=True,
    )
    redis = Redis()
    with pytest.raises(redis_py.ConnectionError):
        redis.init_app(app)
    assert "redis" not in app.extensions
    app.config["REDIS_SINGLE_CONNECTION_CLIENT"] = False
    redis.init_app(app)


@pytest.mark.parametrize("second", [Redis.init_app, lambda _, app: Redis(app)])
def test_same_prefix_twice_on_an_app_is_an_error(second, app):
    first = Redis(app)
    client = first.connection
    with pytest.raises(ValueError, match="'REDIS'"):
        second(first, app)
    assert first.connection is client


def test_one_object_under_two_prefixes_on_an_app_is_an_error(app):
    redis = Redis(app)
    with pytest.raises(ValueError, match="use a second object"):
        redis.init_app(app, "CACHE")
    assert list(app.extensions["redis"]) == ["REDIS"]


@pytest.mark.parametrize("prefix", ["REDIS", "CACHE"])
def test_client_taken_off_the_app_can_be_registered_again(prefix, server):
    app = make_app(REDIS_URL=server.url(1), CACHE_URL=server.url(2))
    redis = Redis(app)
    del app.extensions["redis"]["REDIS"]
    redis.init_app(app, prefix)
    redis.set("key", "value")
    assert redis.connection is app.extensions["redis"][prefix]
    assert server.keys() == {({"REDIS": 1, "CACHE": 2}[prefix], "key")}


def test_current_app_is_the_app_behind_it(app, server):
    redis = Redis()
    with app.app_context():
        redis.init_app(current_app)
        redis.set("key", "value")
    assert server.keys() == {(0, "key")}
    with pytest.raises(RuntimeError, match="app_context"):
        redis.init_app(current_app)


def test_current_app_in_the_constructor_is_used_outside_its_context(app, server):
    with app.app_context():
        redis = Redis(current_app)
    redis.set("key", "value")
    assert server.keys() == {(0, "key")}


def test_several_prefixes_on_an_app_are_several_databases(server):
    app = make_app(REDIS_URL=server.url(1), CACHE_URL=server.url(2))
    redis, cache = Redis(app), Redis(app, "CACHE")
    redis.set("key", "of redis")
    cache.set("key", "of cache")
    assert server.keys() == {(1, "key"), (2, "key")}
    assert (redis.get("key"), cache.get("key")) == (b"of redis", b"of cache")


def test_one_object_on_several_apps_keeps_them_apart(server):
    redis = Redis()
    apps = [make_app(f"app{db}", REDIS_URL=server.url(db)) for db in range(4)]
    for app in apps:
        redis.init_app(app)
    for app in apps:
        with app.app_context():
            redis.set(app.name, "value")
    assert server.keys() == {(db, f"app{db}") for db in range(4)}


def test_one_object_under_different_prefixes_on_different_apps(server):
    redis = Redis()
    first = make_app("first", ONE_URL=server.url(1), TWO_URL=server.url(2))
    second = make_app("second", ONE_URL=server.url(3), TWO_URL=server.url(4))
    redis.init_app(first, "ONE")
    redis.init_app(second, "TWO")
    for app in (first, second):
        with app.app_context():
            redis.set(app.name, "value")
    assert server.keys() == {(1, "first"), (4, "second")}


def test_init_app_keeps_no_app_and_no_client_alive(server):
    redis = Redis()

    def create_and_drop():
        app = make_app(**server.settings)
        redis.init_app(app)
        with app.app_context():
            redis.ping()
            return weakref.ref(app), weakref.ref(redis.connection)

    app, client = create_and_drop()
    gc.collect()
    assert app() is None
    assert client() is None


@pytest.mark.xfail(
    FREE_THREADED and sys.version_info < (3, 14),
    reason="Free-threaded Python 3.13 keeps each class, with or without the extension.",
)
def test_no_app_is_kept_alive_by_a_class_made_in_its_factory(server):
    redis = Redis()

    def create_app():
        app = make_app(**server.settings)

        class Named(redis_py.StrictRedis):
            def name(self):
                return app.name

        app.config["REDIS_CLASS"] = Named
        redis.init_app(app)
        return app

    def create_and_drop():
        app = create_app()
        with app.app_context():
            assert redis.name() == app.name
        return weakref.ref(app)

    app = create_and_drop()
    gc.collect()
    assert app() is None


def test_constructor_holds_its_app(server):
    redis = Redis(make_app(**server.settings))
    gc.collect()
    assert redis.ping()


def test_objects_are_made_without_looking_anything_up(monkeypatch):
    looked_up = []
    monkeypatch.setattr(Redis, "__getattr__", lambda self, name: looked_up.append(name))
    Redis()
    assert "app" not in looked_up
    assert len(looked_up) < 20
