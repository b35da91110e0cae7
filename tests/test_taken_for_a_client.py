"""The extension passes as a client of redis-py."""

import copy
import unittest.mock
from contextlib import nullcontext

import pytest
import redis as redis_py
from servers import make_app

from flask_redis import Redis


def test_before_any_init_app_the_class_is_redis_pys_default():
    """An extension may be given the object before it is registered with the app."""
    redis = Redis()
    assert isinstance(redis, Redis)
    assert isinstance(redis, redis_py.Redis)
    assert not isinstance(redis, redis_py.RedisCluster)
    assert redis.__class__ is redis_py.StrictRedis
    assert {"get", "pipeline", "init_app"} <= set(dir(redis))


class Store(Redis):
    """Keys of a store."""

    PREFIX = "store:"

    def describe(self):
        return self.__class__.PREFIX, self.__class__.__name__

    def get(self, name):
        return super().get(self.PREFIX + name)


@pytest.mark.parametrize("when", ["before", "registered", "in a context"])
def test_subclass_is_its_own_class_and_a_client(when, app):
    store = Store()
    if when != "before":
        app.config["REDIS_CLASS"] = Own
        store.init_app(app)
    context = app.app_context() if when == "in a context" else nullcontext()
    with context:
        assert isinstance(store, redis_py.Redis)
        assert isinstance(store, Own) is (when != "before")
        assert isinstance(store, Store)
        assert store.describe() == ("store:", "Store")
        assert issubclass(store.__class__, Store)
        assert store.__class__.__module__ == __name__
        assert store.__class__.__qualname__ == "Store"
        assert store.__class__.__doc__ == "Keys of a store."
    assert type(store) is Store


def test_class_of_the_object_makes_clients(app, server):
    """As RQ does, to have a client with another connection pool."""
    app.config["REDIS_CLASS"] = Own
    for redis in (Redis(app), Store(make_app(**app.config))):
        pool = redis_py.ConnectionPool(port=server.port, db=3)
        client = redis.__class__(connection_pool=pool)
        assert type(client) is Own
        client.set("key", "value")
        pool.disconnect()
    assert server.keys() == {(3, "key")}


def test_hooks_of_a_subclass_are_not_called_again(app):
    registered = []

    class Registering(Redis):
        def __init_subclass__(cls, **options):
            registered.append(options["name"])

    class Named(Registering, name="named"):
        pass

    assert isinstance(Named(app), redis_py.Redis)
    assert isinstance(Registering(), redis_py.Redis)
    assert registered == ["named"]


def test_subclass_that_cannot_be_combined_with_the_client(app):
    class Meta(type):
        pass

    class Closed(Redis, metaclass=Meta):
        pass

    class OtherMeta(type(redis_py.StrictRedis)):
        pass

    class Other(redis_py.StrictRedis, metaclass=OtherMeta):
        pass

    app.config["REDIS_CLASS"] = Other
    redis = Closed(app)
    assert redis.__class__ is Closed
    assert not isinstance(redis, Other)
    assert redis.ping()


def test_subclass_keeps_its_prefix(app, server):
    store = Store(app, decode_responses=True)
    store.set("store:key", "value")
    assert store.get("key") == "value"
    assert copy.copy(store).get("key") == "value"


class Own(redis_py.StrictRedis):
    pass


def test_class_of_the_current_client(app):
    own = make_app("own", REDIS_CLASS=Own)
    redis = Redis()
    redis.init_app(own)
    redis.init_app(app)
    with own.app_context():
        assert isinstance(redis, Own)
        assert isinstance(redis, redis_py.Redis)
        assert isinstance(redis, Redis)
        assert redis.__class__ is Own
    with app.app_context():
        assert isinstance(redis, redis_py.StrictRedis)
        assert not isinstance(redis, Own)
    assert type(redis) is Redis


def test_without_an_app_the_class_of_the_client_registered_last(app):
    """As in a factory, between ``redis.init_app(app)`` and another extension."""
    redis = Redis()
    redis.init_app(app)
    assert isinstance(redis, redis_py.Redis)
    redis.init_app(make_app("own", REDIS_CLASS=Own))
    assert isinstance(redis, Own)
    with make_app("stranger").app_context():
        assert isinstance(redis, Own)


def test_bound_app_outside_its_context():
    assert isinstance(Redis(make_app(REDIS_CLASS=Own)), Own)


def test_cluster_that_is_down():
    redis = Redis(make_app(REDIS_URL="redis+cluster://127.0.0.1:1"))
    assert isinstance(redis, redis_py.RedisCluster)
    assert not isinstance(redis, redis_py.Redis)


def test_client_that_was_replaced(app):
    redis = Redis(app)
    app.extensions["redis"]["REDIS"] = unittest.mock.Mock(spec=Own)
    assert isinstance(redis, Own)
    app.extensions["redis"]["REDIS"] = None
    assert redis.__class__ is type(None)
    app.extensions["redis"] = None
    assert isinstance(redis, redis_py.Redis)
    assert isinstance(Store(), Store)


def test_nothing_in_the_place_of_the_client_of_a_subclass(app):
    store = Store(app)
    app.extensions["redis"]["REDIS"] = None
    assert isinstance(store, Store)
    assert store.describe() == ("store:", "Store")


def test_object_that_is_not_constructed_yet():
    assert Redis.__new__(Redis).__class__ is redis_py.StrictRedis


def test_names_of_its_own_are_still_listed(app):
    assert {"init_app", "connection", "get"} <= set(dir(Redis(app)))


def test_redis_pys_own_classes_take_it(app):
    redis = Redis(app, decode_responses=True)
    with redis_py.lock.Lock(redis, "lock", timeout=5):
        assert redis.get("lock")
    pubsub = redis_py.client.PubSub(redis.connection_pool)
    pubsub.close()
    assert redis.register_script("return 1")(client=redis) == 1
