"""Where a client of redis-py is asked for, the extension does."""

import unittest.mock

import pytest
import redis as redis_py
from servers import make_app

import flask_redis
from flask_redis import FlaskRedis, Redis


def test_before_any_init_app_it_is_only_itself():
    redis = Redis()
    assert isinstance(redis, Redis)
    assert not isinstance(redis, redis_py.Redis)
    assert redis.__class__ is Redis


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


def test_client_put_in_its_place(app):
    redis = Redis(app)
    app.extensions["redis"]["REDIS"] = unittest.mock.Mock(spec=Own)
    assert isinstance(redis, Own)
    app.extensions["redis"]["REDIS"] = None
    assert isinstance(redis, Redis)
    app.extensions["redis"] = None
    assert isinstance(redis, redis_py.Redis)


def test_object_that_is_not_constructed_yet():
    assert Redis.__new__(Redis).__class__ is Redis


def test_names_of_its_own_are_still_listed(app):
    assert {"init_app", "connection", "get"} <= set(dir(Redis(app)))


def test_redis_pys_own_classes_take_it(app):
    redis = Redis(app, decode_responses=True)
    with redis_py.lock.Lock(redis, "lock", timeout=5):
        assert redis.get("lock")
    pubsub = redis_py.client.PubSub(redis.connection_pool)
    pubsub.close()
    assert redis.register_script("return 1")(client=redis) == 1


def test_other_name_for_those_who_come_from_flask_redis(server):
    assert FlaskRedis is flask_redis.Redis
    app = make_app(REDIS_URL=server.tcp_url(1), X_URL=server.tcp_url(2))
    FlaskRedis(app).set("one", "1")
    FlaskRedis(app, config_prefix="X", decode_responses=True).set("two", "2")
    assert server.keys() == {(1, "one"), (2, "two")}


def test_apps_are_not_mixed_as_flask_redis_does(server):
    redis = FlaskRedis()
    apps = [make_app(str(db), REDIS_URL=server.tcp_url(db)) for db in range(3)]
    for app in apps:
        redis.init_app(app)
    for app in apps:
        with app.app_context():
            redis.set(app.name, "value")
    assert server.keys() == {(db, str(db)) for db in range(3)}


def test_strict_by_its_place_is_no_prefix(app):
    with pytest.raises(ValueError, match="config_prefix"):
        FlaskRedis(app, True)


@pytest.mark.parametrize("option", ["strict", "config_previx"])
def test_options_of_flask_redis_that_are_no_more(option, app):
    with pytest.raises(TypeError, match=option):
        FlaskRedis(app, **{option: True})
