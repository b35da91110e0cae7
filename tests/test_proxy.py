"""The extension object used as if it were the client."""

import copy
import functools
import inspect
import pydoc
import unittest.mock

import pytest
import redis as redis_py
from servers import make_app

from flask_redis import Redis


def public_methods(client_class):
    return sorted(
        name
        for name in dir(client_class)
        if not name.startswith("_") and callable(getattr(client_class, name))
    )


class Recorder(redis_py.StrictRedis):
    """Tells how each of its methods was called."""


for name in public_methods(redis_py.StrictRedis):

    def record(self, *args, _name=name, **kwargs):
        return _name, args, kwargs

    setattr(Recorder, name, record)


def test_every_public_method_is_there(app):
    app.config["REDIS_CLASS"] = Recorder
    redis = Redis(app)
    names = public_methods(redis_py.StrictRedis)
    assert len(names) > 200
    for name in names:
        assert getattr(redis, name)(1, two=2) == (name, (1,), {"two": 2})


def test_results_and_exceptions_are_those_of_redis_py(app):
    redis = Redis(app, decode_responses=True)
    assert redis.set("key", "value", ex=60) is True
    assert redis.get("key") == "value"
    assert redis.mget(["key", "none"]) == ["value", None]
    with pytest.raises(redis_py.ResponseError, match="not an integer"):
        redis.incr("key")
    with pytest.raises(redis_py.DataError):
        redis.set("key", object())
    with pytest.raises(TypeError, match="missing"):
        redis.get()


def test_pipelines_locks_and_subscriptions(app):
    redis = Redis(app, decode_responses=True)
    with redis.pipeline() as pipeline:
        assert pipeline.set("key", 1).incr("key").execute() == [True, 2]
    with redis.lock("lock", timeout=5):
        assert redis.exists("lock")
    with redis.pubsub(ignore_subscribe_messages=True) as pubsub:
        pubsub.subscribe("channel")
        while not redis.publish("channel", "hello"):
            pass
        message = None
        while message is None:
            message = pubsub.get_message(timeout=1)
        assert message["data"] == "hello"


def test_stored_method_goes_to_the_app_current_when_it_is_called(server):
    redis = Redis(make_app("bound", REDIS_URL=server.url(0)))
    get, set = redis.get, redis.set
    other = make_app("other", REDIS_URL=server.url(1))
    redis.init_app(other)
    set("key", "of bound")
    with other.app_context():
        set("key", "of other")
        get_there = redis.get
        assert get("key") == b"of other"
    assert get("key") == get_there("key") == b"of bound"
    assert server.keys() == {(0, "key"), (1, "key")}


def test_stored_method_in_a_factory_needs_no_context_before_it_is_called(app):
    redis = Redis()
    redis.init_app(app)
    get = redis.get
    with pytest.raises(RuntimeError, match="init_app"):
        get("key")
    with app.app_context():
        assert get("key") is None


def test_stored_method_before_any_init_app(app):
    redis = Redis()
    get = redis.get
    with pytest.raises(RuntimeError, match="init_app"):
        get("key")
    redis.init_app(app)
    with app.app_context():
        redis.set("key", "value")
        assert get("key") == b"value"


def test_stored_method_of_a_class_of_its_own(server):
    class Client(redis_py.StrictRedis):
        def double(self, name):
            """Twice the value."""
            return 2 * self.get(name)

    redis = Redis(make_app("bound", REDIS_URL=server.url(0), REDIS_CLASS=Client))
    other = make_app("other", REDIS_URL=server.url(1), REDIS_CLASS=Client)
    redis.init_app(other)
    redis.set("key", "0")
    double = redis.double
    with other.app_context():
        redis.set("key", "1")
        assert double("key") == b"11"
    assert double("key") == b"00"
    assert double.__doc__ == "Twice the value."
    assert str(inspect.signature(double)) == "(name)"


def test_stored_method_goes_to_a_client_put_in_its_place(app, server):
    redis = Redis(app)
    set = redis.set
    app.extensions["redis"]["REDIS"] = server.client(9)
    set("key", "value")
    assert server.keys() == {(9, "key")}


def test_attributes_are_those_of_the_current_client(server):
    first = make_app("first", REDIS_URL=server.url(1))
    second = make_app("second", REDIS_URL=server.url(2))
    redis = Redis(first)
    redis.init_app(second)
    for app in (first, second):
        with app.app_context():
            client = app.extensions["redis"]["REDIS"]
            assert redis.connection_pool is client.connection_pool
            assert redis.response_callbacks is client.response_callbacks


def test_callable_attribute_is_returned_unchanged(app):
    class Client(redis_py.StrictRedis):
        lock_class = redis_py.lock.Lock

    app.config["REDIS_CLASS"] = Client
    redis = Redis(app)
    assert redis.lock_class is redis_py.lock.Lock


def test_mock_in_the_place_of_the_client(app):
    redis = Redis(app)
    app.extensions["redis"]["REDIS"] = mock = unittest.mock.MagicMock()
    mock.get.return_value = "mocked"
    assert redis.get("key") == "mocked"
    mock.get.assert_called_once_with("key")


def test_function_that_only_the_client_itself_has(app):
    redis = Redis(app)
    redis.connection.double = lambda number: 2 * number
    assert redis.double(4) == 8


def test_keys_as_items(app, server):
    redis = Redis(app)
    assert "key" not in redis
    redis["key"] = "value"
    assert redis["key"] == b"value"
    assert "key" in redis
    assert server.keys() == {(0, "key")}
    del redis["key"]
    assert server.keys() == set()
    with pytest.raises(KeyError):
        redis["key"]


def test_with_gives_the_current_client_and_closes_nothing(app, server):
    redis = Redis(app, client_name="kept-open")

    def connection_id():
        with server.client() as client:
            (ours,) = (c for c in client.client_list() if c["name"] == "kept-open")
            return ours["id"]

    with redis as client:
        assert client is redis.connection
        client.set("key", "value")
        before = connection_id()
    assert redis.get("key") == b"value"
    assert connection_id() == before


def test_with_gives_whatever_is_the_client(app):
    redis = Redis(app)
    app.extensions["redis"]["REDIS"] = client = object()
    with redis as given:
        assert given is client


def test_with_lets_exceptions_pass(app):
    with pytest.raises(ZeroDivisionError), Redis(app):
        raise ZeroDivisionError


def test_dir_lists_the_names_of_the_client(app):
    redis = Redis()
    assert {"init_app", "connection"} <= set(dir(redis))
    redis.init_app(app)
    assert set(public_methods(redis_py.StrictRedis)) <= set(dir(redis))
    with app.app_context():
        assert {"get", "connection_pool", "init_app"} <= set(dir(redis))
        assert "_execute_command" not in dir(redis)
        assert len(dir(redis)) == len(set(dir(redis)))


def test_help_shows_the_text_of_redis_py(app):
    redis = Redis(app)
    assert redis.get.__doc__ == redis_py.StrictRedis.get.__doc__
    assert inspect.getdoc(redis_py.StrictRedis.set) in inspect.getdoc(redis.set)
    for name in ("set", "from_url"):
        theirs = getattr(redis.connection, name)
        assert inspect.signature(getattr(redis, name)) == inspect.signature(theirs)
    assert "value at key" in pydoc.plain(pydoc.render_doc(redis.get))


@pytest.mark.parametrize("name", ["connection_pool", "connection", "nonsense"])
def test_name_looked_up_before_any_init_app(name):
    redis = Redis()
    assert not hasattr(redis, name)
    with pytest.raises(AttributeError, match="init_app"):
        getattr(redis, name)


def test_names_looked_up_outside_a_context(app):
    redis = Redis()
    redis.init_app(app)
    assert hasattr(redis, "get")
    # An attribute, one of the class's class, one of clients only, and none at all.
    for name in ("RESPONSE_CALLBACKS", "mro", "connection_pool", "nonsense"):
        assert not hasattr(redis, name)
    assert not hasattr(redis, "connection")
    with pytest.raises(AttributeError, match="init_app"):
        _ = redis.connection_pool


def test_names_looked_up_in_the_context_of_an_app(app):
    redis = Redis()
    redis.init_app(app)
    with app.app_context():
        assert hasattr(redis, "get")
        assert hasattr(redis, "connection_pool")
        assert hasattr(redis, "connection")
        assert not hasattr(redis, "nonsense")
        with pytest.raises(AttributeError, match="'nonsense'"):
            _ = redis.nonsense
    with make_app("stranger").app_context():
        assert hasattr(redis, "get")
        assert not hasattr(redis, "connection_pool")
        assert not hasattr(redis, "nonsense")


def test_names_are_those_of_the_class_of_each_client(app, server):
    class Special(redis_py.StrictRedis):
        def special(self):
            return "special"

    special = make_app("special", **server.settings, REDIS_CLASS=Special)
    redis = Redis()
    redis.init_app(special)
    with special.app_context():
        assert redis.special() == "special"
    redis.init_app(app)
    with special.app_context():
        assert redis.special() == "special"
    with app.app_context():
        assert not hasattr(redis, "special")


def test_subclass_that_changes_a_command(app):
    class Text(Redis):
        def get(self, name):
            return super().get(name).decode()

    redis = Text(app)
    redis.set("key", "value")
    assert redis.get("key") == "value"


def test_patched_attribute_survives_init_app(app):
    redis = Redis()
    redis.init_app(app)
    assert redis.get
    with unittest.mock.patch.object(redis, "get") as get:
        redis.init_app(make_app(REDIS_CLASS=Recorder))
        assert redis.get is get


def test_attribute_that_is_a_method_for_one_client_only(app):
    class Hooked(redis_py.StrictRedis):
        hook = None

    redis = Redis()
    apps = [make_app(str(number), REDIS_CLASS=Hooked) for number in range(2)]
    for each in apps:
        redis.init_app(each)
    with apps[0].app_context():
        redis.connection.hook = lambda: "hooked"
        assert redis.hook() == "hooked"
    with apps[1].app_context():
        assert redis.hook is None


def test_method_without_a_signature(app):
    class Client(redis_py.StrictRedis):
        @functools.wraps(max)
        def most(self, *numbers):
            return max(numbers)

    app.config["REDIS_CLASS"] = Client
    assert Redis(app).most(1, 3, 2) == 3


def test_name_that_only_a_client_has_is_not_kept_for_the_next(app):
    redis = Redis(app)
    redis.connection.double = lambda number: 2 * number
    assert redis.double(4) == 8
    app.extensions["redis"]["REDIS"] = redis_py.StrictRedis()
    assert not hasattr(redis, "double")


@pytest.mark.parametrize(
    "name", ["_single_connection_client", "__len__", "__wrapped__"]
)
def test_private_names_are_not_proxied(name, app):
    redis = Redis(app)
    redis.connection.__dict__.setdefault(name, None)
    assert hasattr(redis.connection, name)
    assert not hasattr(redis, name)
    with pytest.raises(AttributeError, match=name):
        getattr(redis, name)


def test_copy_works_at_any_time(app):
    copy.copy(Redis())
    redis = Redis()
    redis.init_app(app)
    duplicate = copy.copy(redis)
    with app.app_context():
        assert copy.copy(redis).connection is duplicate.connection is redis.connection


def test_repr_works_at_any_time(app):
    redis = Redis(config_prefix="CACHE")
    assert repr(redis) == "<Redis 'CACHE'>"
    redis.init_app(app)
    assert repr(redis) == "<Redis 'CACHE'>"
    with app.app_context():
        assert repr(redis) == "<Redis 'CACHE'>"
