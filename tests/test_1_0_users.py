"""Code as it was written for Flask-And-Redis 1.0."""

import unittest.mock

import fakeredis
import pytest
from servers import make_app

from flask_redis import FlaskRedis, Redis


@pytest.mark.parametrize("kind", [Redis, FlaskRedis])
def test_config_prefix(kind, server):
    redis = kind(config_prefix="MAIN")
    assert redis.config_prefix == "MAIN"
    first = make_app(MAIN_URL=server.url(1))
    second = make_app(CACHE_URL=server.url(2))
    redis.init_app(first)
    redis.init_app(second, "CACHE")
    for app, prefix in ((first, "MAIN"), (second, "CACHE")):
        with app.app_context():
            assert redis.config_prefix == prefix
            assert app.extensions["redis"][redis.config_prefix] is redis.connection
    with make_app("stranger").app_context():
        assert redis.config_prefix == "MAIN"
    with pytest.raises(AttributeError):
        redis.config_prefix = "OTHER"


def test_app_of_the_object(app):
    assert Redis(app).app is app
    redis = Redis()
    assert redis.app is None
    redis.init_app(make_app())
    assert redis.app is None


def test_app_assigned_after_init_app_is_bound(app, server):
    redis = Redis()
    redis.init_app(app)
    redis.app = app
    assert redis.app is redis.get_app() is app
    redis.set("key", "value")
    assert redis["key"] == redis.get("key") == b"value"
    assert server.keys() == {(0, "key")}
    redis.app = None
    with pytest.raises(RuntimeError, match="app_context"):
        redis.get("key")


def test_app_assigned_without_init_app_is_an_error(app):
    redis = Redis()
    redis.app = app
    assert redis.get_app() is app
    with pytest.raises(RuntimeError, match="not registered"):
        redis.get("key")


def test_get_app(app):
    bound, redis = Redis(app), Redis()
    assert bound.get_app() is app
    with pytest.raises(RuntimeError, match="no current Flask app"):
        redis.get_app()
    other = make_app("other")
    with other.app_context():
        assert bound.get_app() is redis.get_app() is other


def test_password_after_a_url_without_one():
    app = make_app(REDIS_URL="redis://there/1")
    Redis(app)
    assert app.config["REDIS_PASSWORD"] is None
    assert (app.config["REDIS_HOST"], app.config["REDIS_DB"]) == ("there", 1)
    app = make_app(REDIS_URL="unix:///run/redis.sock", REDIS_PASSWORD="pass")
    Redis(app)
    assert app.config["REDIS_PASSWORD"] == "pass"


@pytest.mark.parametrize("prefix", ["MY-REDIS", "my.redis", "2ND", "_", "ÄON"])
def test_prefixes_that_are_not_identifiers(prefix, server):
    app = make_app(**{f"{prefix}_URL": server.url(3)})
    redis = Redis()
    redis.init_app(app, prefix)
    with app.app_context():
        redis.set("key", "value")
    assert app.extensions["redis"][prefix].get("key") == b"value"
    assert app.config[f"{prefix}_DB"] == 3
    assert server.keys() == {(3, "key")}


@pytest.mark.parametrize(
    "prefix",
    ["redis://there", "there:6379", "there/0", "ann@there", "a b", "a?b", "A\n", 5],
)
def test_what_looks_like_a_url_is_not_a_prefix(prefix):
    for register in (
        lambda: Redis(config_prefix=prefix),
        lambda: Redis().init_app(make_app(), prefix),
    ):
        with pytest.raises(ValueError, match="config_prefix must be"):
            register()


# Whose client it is, whatever becomes of ``connection``.


def uses(redis):
    redis.set("key", "value")
    redis["item"] = "value"
    assert redis["key"] == redis.get("item") == b"value"
    assert "key" in redis
    with redis as client:
        assert client.get("key") == b"value"
    del redis["item"]
    assert redis.exists("key", "item") == 1


def test_subclass_that_overrides_connection(app, server):
    class Fake(Redis):
        @property
        def connection(self):
            return fake

    fake = fakeredis.FakeRedis()
    uses(Fake(app))
    uses(Fake())
    assert server.keys() == set()
    assert fake.keys() == [b"key"]


def test_connection_of_the_class_is_patched(app, server):
    fake = fakeredis.FakeRedis()
    redis = Redis(app)
    with unittest.mock.patch.object(Redis, "connection", fake):
        uses(redis)
    assert server.keys() == set()
    assert redis.get("key") is None


def test_connection_that_raises_an_attribute_error_says_so(app):
    class Broken(Redis):
        @property
        def connection(self):
            return app.no_such_name

    redis = Broken(app)
    for use in (lambda: redis.get("key"), lambda: redis.connection_pool):
        with pytest.raises(AttributeError, match="no_such_name"):
            use()


@pytest.mark.parametrize("name", ["connection_pool", "response_callbacks", "special"])
@pytest.mark.parametrize("patch", ["mock", "monkeypatch"])
@pytest.mark.parametrize("end", ["inside", "outside", "another app"])
def test_patched_attribute_belongs_to_no_app_afterwards(name, patch, end, server):
    class Special(fakeredis.FakeRedis):
        def special(self):
            return self.connection_pool

    redis = Redis()
    apps = [make_app(str(db), REDIS_CLASS=Special, REDIS_DB=db) for db in range(2)]
    for app in apps:
        redis.init_app(app)
    for _ in range(2):
        patcher = pytest.MonkeyPatch()
        with apps[0].app_context():
            if patch == "mock":
                patcher = unittest.mock.patch.object(redis, name)
                assert patcher.start() is getattr(redis, name)
            else:
                patcher.setattr(redis, name, "patched")
                assert getattr(redis, name) == "patched"
            if end == "inside":
                patcher.stop() if patch == "mock" else patcher.undo()
        if end == "another app":
            with apps[1].app_context():
                patcher.stop() if patch == "mock" else patcher.undo()
        elif end == "outside":
            patcher.stop() if patch == "mock" else patcher.undo()
        for app in apps:
            with app.app_context():
                assert redis.special() is redis.connection_pool
                assert redis.response_callbacks is redis.connection.response_callbacks
                assert redis.connection_pool is redis.connection.connection_pool
        # A method of a class finds the current app.
        assert name == "special" or name not in vars(redis)


def test_attributes_of_a_subclass_are_its_own(app):
    class Named(Redis):
        def __init__(self, *args):
            self.early = 1
            super().__init__(*args)
            self.late = 2

    redis = Named(app)
    with app.app_context():
        redis.early = 3
        redis.inside = 4
    del redis.late
    assert (redis.early, redis.inside, hasattr(redis, "late")) == (3, 4, False)
