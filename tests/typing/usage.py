"""What a user writes, and what type checkers are to make of it. It is not run."""

import typing as t

import redis as redis_py
from flask import Flask
from flask_redis.client import (  # pyright: ignore[reportMissingModuleSource]
    FlaskRedis as OldName,
)
from redis.client import Pipeline
from typing_extensions import assert_type

from flask_redis import FlaskRedis, Redis, __version__

app = Flask(__name__)
redis = Redis(app, "CACHE", decode_responses=True, socket_timeout=2)
links = Redis(config_prefix="LINKS")
links.init_app(app)
links.init_app(app, "OTHERS")
links.init_app(app, config_prefix="MORE", db=3, decode_responses=True)
links.app = app
assert_type(links.get_app(), Flask)
assert_type(links.config_prefix, str)

assert_type(redis, Redis)
assert_type(__version__, str)
assert_type(redis.connection, redis_py.Redis)

store = FlaskRedis(app, True, "STORE", decode_responses=True)
store.init_app(app, db=5)
assert_type(store, FlaskRedis)
assert_type(OldName(app), FlaskRedis)
assert_type(FlaskRedis.from_custom_provider(redis_py.Redis, app, db=1), FlaskRedis)
assert_type(store.get("key"), t.Union[bytes, str, None])
assert_type(redis.from_url("redis://localhost"), redis_py.Redis)

with redis as client:
    assert_type(client, redis_py.Redis)

with redis.pipeline() as pipeline:
    assert_type(pipeline, Pipeline)
    pipeline.set("key", "value", ex=60)

assert_type(redis.connection_pool, redis_py.ConnectionPool)

# Commands have redis-py's own signatures.
assert_type(redis.get("key"), t.Union[bytes, str, None])
assert_type(redis.incr("key"), int)
assert_type(redis.hgetall("key"), dict[t.Union[bytes, str], t.Union[bytes, str]])
assert_type("key" in redis, bool)
redis.set("key", "value", ex=60, nx=True)
redis.hset("hash", mapping={"field": "value"})
redis["key"] = "value"
del redis["key"]
get = redis.get
get("key")


def takes_a_client(client: redis_py.Redis) -> t.Any:
    return client.ping()


takes_a_client(redis)
takes_a_client(redis.connection)

# Mistakes that a checker is to find: each needs its comment.
redis.nonsense()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
redis.set("key")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Redis.from_url("redis://there")  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue]
FlaskRedis(app, "STORE")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Redis("app")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
redis.init_app()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
