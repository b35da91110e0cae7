"""valkey-py's clients as ``REDIS_CLASS``, for one server. For a cluster or Sentinel,
redis-py's clients go to Valkey as well as to Redis."""

import pytest
import valkey
from rq import Queue, SimpleWorker
from servers import free_port, make_app
from valkey.backoff import NoBackoff
from valkey.retry import Retry

from flask_redis import FlaskRedis, Redis


def settings(**rest):
    return {"REDIS_CLASS": "valkey.Valkey", **rest}


def test_commands_go_to_the_database_of_the_settings(server):
    redis = Redis(make_app(**settings(**server.settings, REDIS_DB="5")))
    assert type(redis.connection) is valkey.Valkey
    assert isinstance(redis, valkey.Valkey)
    redis.set("key", "value")
    redis["other"] = "value"
    with redis.pipeline() as pipeline:
        assert pipeline.incr("counted").get("key").execute() == [1, b"value"]
    assert server.keys() == {(5, "key"), (5, "other"), (5, "counted")}


@pytest.mark.parametrize("scheme", ["redis", "valkey"])
def test_url(server, scheme):
    url = server.tcp_url(5).replace("redis", scheme, 1)
    app = make_app(**settings(REDIS_URL=f"{url}?decode_responses=true"))
    redis = Redis(app)
    redis.set("key", "value")
    assert redis.get("key") == "value"
    assert server.keys() == {(5, "key")}
    assert app.config["REDIS_DB"] == 5


def test_unix_socket(server):
    redis = Redis(make_app(**settings(REDIS_URL=f"unix://{server.socket}?db=5")))
    redis.set("key", "value")
    assert server.keys() == {(5, "key")}


def test_pool_that_the_app_made(server):
    pool = valkey.BlockingConnectionPool(port=server.port, db=5, timeout=0.1)
    redis = Redis(make_app(**settings(REDIS_CONNECTION_POOL=pool)))
    assert redis.connection_pool is pool
    redis.set("key", "value")
    assert server.keys() == {(5, "key")}
    pool.disconnect()


def test_flask_redis(server):
    app = make_app(REDIS_URL=server.tcp_url(5))
    redis = FlaskRedis.from_custom_provider(valkey.Valkey, app)
    redis.set("key", "value")
    assert type(redis.connection) is valkey.Valkey
    assert server.keys() == {(5, "key")}


class Counting(NoBackoff):
    """Counts how often it was asked how long to wait. The client copies it."""

    asked = []  # noqa: RUF012

    def compute(self, failures):
        self.asked.append(failures)
        return 0


def test_retries_and_errors_are_those_of_the_library():
    """redis-py's retries would not know its errors."""
    Counting.asked.clear()
    retry = Retry(Counting(), 2, (ConnectionRefusedError,))
    redis = Redis(make_app(**settings(REDIS_PORT=free_port(), REDIS_RETRY=retry)))
    with pytest.raises(valkey.ConnectionError):
        redis.ping()
    assert Counting.asked == [1, 2]


@pytest.mark.parametrize("retry", [3, "3"])
def test_number_of_retries_is_an_error(retry):
    """Each library has a Retry class of its own."""
    with pytest.raises(ValueError, match=r"^REDIS_RETRY must be a Python object"):
        Redis(make_app(**settings(REDIS_RETRY=retry)))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("REDIS_CONNECTION_POOL_CLASS", "valkey.BlockingConnectionPool"),
        ("REDIS_CONNECTION_POOL_CLASS", "redis.BlockingConnectionPool"),
        ("REDIS_CONNECTION_POOL_TIMEOUT", "5"),
        ("REDIS_SENTINELS", "one:26379"),
        ("REDIS_SERVICE_NAME", "shop"),
        ("REDIS_STARTUP_NODES", "one:6379"),
        ("REDIS_URL", "redis+sentinel://one/shop"),
        ("REDIS_URL", "redis+cluster://one"),
    ],
)
def test_setting_that_requires_redis_py_is_an_error(setting, value):
    with pytest.raises(ValueError, match=rf"^{setting}.* must be left out: it needs"):
        Redis(make_app(**settings(**{setting: value})))


@pytest.mark.parametrize("url", ["redis://one:7000/0", "redis+cluster://one:7000"])
def test_its_client_of_a_cluster_is_an_error(url):
    """Its constructor would connect, while the app starts."""
    app = make_app(REDIS_CLASS="valkey.ValkeyCluster", REDIS_URL=url)
    with pytest.raises(TypeError, match=r"^REDIS_CLASS .* unset for a cluster"):
        Redis(app)


def test_rq(server):
    redis = Redis(make_app(**settings(REDIS_URL=server.tcp_url(5))))
    queue = Queue("jobs", connection=redis)
    job = queue.enqueue(len, "text")
    assert SimpleWorker([queue], connection=redis).work(burst=True)
    assert job.return_value() == 4
