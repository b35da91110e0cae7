"""How many connections a client opens, and what they tell of themselves."""

import inspect
import ssl
import time
from threading import Thread

import pytest
import redis as redis_py
from servers import NO_RETRY, arguments, make_app, wait_until

from flask_redis import Redis, __version__

BLOCKING = "redis.BlockingConnectionPool"


class Small(redis_py.ConnectionPool):
    """Opens fewer than the usual pool, unless it is told otherwise."""

    def __init__(self, max_connections=7, **kwargs):
        super().__init__(max_connections=max_connections, **kwargs)


def names_of_connections(server):
    with server.client() as client:
        return [each["name"] for each in client.client_list()]


def in_threads(number, function):
    errors = []

    def call():
        try:
            function()
        except redis_py.RedisError as error:
            errors.append(error)

    threads = [Thread(target=call) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def take_a_connection_for(redis, seconds):
    redis.blpop("no such list", timeout=seconds)


def test_max_connections_bounds_the_pool(server):
    redis = Redis(make_app(**server.settings, REDIS_MAX_CONNECTIONS="2"))
    errors = in_threads(6, lambda: take_a_connection_for(redis, 1))
    assert len(errors) == 4
    assert redis.connection_pool.max_connections == 2


@pytest.mark.parametrize("named", [BLOCKING, redis_py.BlockingConnectionPool])
def test_blocking_pool_waits(named, server):
    redis = Redis(
        make_app(
            REDIS_URL=f"{server.tcp_url(3)}?max_connections=2&client_name=waits",
            REDIS_CONNECTION_POOL_CLASS=named,
            REDIS_DECODE_RESPONSES="true",
        )
    )
    assert in_threads(6, lambda: take_a_connection_for(redis, 0.1)) == []
    assert names_of_connections(server).count("waits") == 2
    redis.set("key", "value")
    assert server.keys() == {(3, "key")}
    redis.connection_pool.disconnect()


def test_blocking_pool_waits_no_longer_than_it_is_told(server):
    redis = Redis(
        make_app(
            **server.settings,
            REDIS_MAX_CONNECTIONS=1,
            REDIS_CONNECTION_POOL_CLASS=BLOCKING,
            REDIS_CONNECTION_POOL_TIMEOUT="0.1",
        )
    )
    with redis.pubsub() as pubsub:
        pubsub.subscribe("news")
        start = time.monotonic()
        with pytest.raises(redis_py.ConnectionError, match=r"[Nn]o connection"):
            redis.ping()
        # Without the setting, it would be 20 seconds.
        assert 0.1 <= time.monotonic() - start < 10
    assert redis.ping()


@pytest.mark.parametrize(
    ("settings", "timeout"),
    [({}, 20), ({"REDIS_CONNECTION_POOL_TIMEOUT": None}, None)],
)
def test_timeout_that_is_not_given_is_the_pools_own(settings, timeout):
    app = make_app(REDIS_CONNECTION_POOL_CLASS=BLOCKING, **settings)
    assert Redis(app).connection_pool.timeout == timeout


@pytest.mark.parametrize("bound", [{}, {"REDIS_MAX_CONNECTIONS": None}])
def test_bound_that_is_not_given_is_the_pools_own(bound):
    """Not 2**31 connections, which a blocking pool would prepare one by one."""
    app = make_app(REDIS_CONNECTION_POOL_CLASS=BLOCKING, **bound)
    assert Redis(app).connection_pool.max_connections == 50


def test_max_connections_equal_to_redis_pys_default_are_kept():
    bound = redis_py.ConnectionPool().max_connections
    app = make_app(REDIS_MAX_CONNECTIONS=bound, REDIS_CONNECTION_POOL_CLASS=Small)
    pool = Redis(app).connection_pool
    assert type(pool) is Small
    assert pool.max_connections == bound


def test_pool_class_from_a_url(server):
    url = server.tcp_url() + f"?connection_pool_class={BLOCKING}"
    redis = Redis(make_app(REDIS_URL=url + "&connection_pool_timeout=3"))
    assert type(redis.connection_pool) is redis_py.BlockingConnectionPool
    assert redis.connection_pool.timeout == 3
    assert redis.ping()


def test_pool_class_as_an_option(app):
    redis = Redis(app, connection_pool_class=BLOCKING, connection_pool_timeout=3)
    assert type(redis.connection_pool) is redis_py.BlockingConnectionPool
    assert redis.connection_pool.timeout == 3
    assert redis.ping()


def test_pool_class_over_a_unix_socket(server):
    url = server.url(5)
    redis = Redis(make_app(REDIS_URL=url, REDIS_CONNECTION_POOL_CLASS=BLOCKING))
    redis.set("key", "value")
    assert server.keys() == {(5, "key")}


def settings_of_all_kinds():
    return {
        "REDIS_HOST": "there",
        "REDIS_PORT": 1234,
        "REDIS_DB": 5,
        "REDIS_USERNAME": "ann",
        "REDIS_PASSWORD": "secret",
        "REDIS_SOCKET_TIMEOUT": 3,
        "REDIS_SOCKET_KEEPALIVE": "true",
        "REDIS_HEALTH_CHECK_INTERVAL": 30,
        "REDIS_CLIENT_NAME": "shop",
        "REDIS_DECODE_RESPONSES": "true",
        "REDIS_ENCODING": "latin-1",
        "REDIS_RETRY": NO_RETRY,
        "REDIS_RETRY_ON_ERROR": [redis_py.ConnectionError],
        "REDIS_SSL": "true",
        "REDIS_SSL_CA_CERTS": "/etc/ca.pem",
        "REDIS_SSL_CERT_REQS": ssl.CERT_OPTIONAL,
    }


def test_pool_class_keeps_every_other_setting():
    settings = settings_of_all_kinds()
    usual = Redis(make_app(**settings)).connection_pool
    pool = Redis(
        make_app(**settings, REDIS_CONNECTION_POOL_CLASS=BLOCKING)
    ).connection_pool
    assert pool.connection_class is usual.connection_class is redis_py.SSLConnection
    assert pool.connection_kwargs.keys() == usual.connection_kwargs.keys()
    for name, value in usual.connection_kwargs.items():
        if isinstance(value, (str, int, float, bool, list, type(None))):
            assert pool.connection_kwargs[name] == value
    assert vars(pool.connection_kwargs["retry"])["_retries"] == 0


def test_pool_class_has_a_maintenance_handler_of_its_own():
    """Of redis-py 8: what a pool adds for itself is not passed on to the next."""
    pool = Redis(make_app(REDIS_CONNECTION_POOL_CLASS=BLOCKING)).connection_pool
    bare = redis_py.BlockingConnectionPool()
    assert pool.connection_kwargs.keys() >= bare.connection_kwargs.keys()
    handler = pool.connection_kwargs.get("maint_notifications_pool_handler")
    assert handler is None or handler.pool is pool


def test_pool_class_for_a_class_with_settings_of_its_own(server):
    class Own(redis_py.StrictRedis):
        def __init__(self, greeting="hello", **kwargs):
            self.greeting = greeting
            super().__init__(client_name=greeting, **kwargs)

    app = make_app(
        **server.settings,
        REDIS_CLASS=Own,
        REDIS_GREETING="hi",
        REDIS_CONNECTION_POOL_CLASS=BLOCKING,
    )
    redis = Redis(app, decode_responses=True)
    assert type(redis.connection) is Own
    assert redis.connection.greeting == redis.client_getname() == "hi"


if "cache_config" in inspect.signature(redis_py.StrictRedis).parameters:

    def test_pool_class_keeps_the_cache():
        app = make_app(
            REDIS_PROTOCOL=3,
            REDIS_CACHE_CONFIG=redis_py.cache.CacheConfig(max_size=7),
            REDIS_CONNECTION_POOL_CLASS=BLOCKING,
        )
        assert Redis(app).connection_pool.cache.config.get_max_size() == 7
        cache = redis_py.cache.CacheFactory().get_cache()
        app.config.update(REDIS_CACHE=cache, REDIS_CACHE_CONFIG=None)
        assert Redis(make_app(**app.config)).connection_pool.cache is cache


if hasattr(redis_py.connection.ConnectionPool, "maint_notifications_enabled"):

    def test_pool_class_keeps_the_maintenance_config():
        module = redis_py.maint_notifications
        config = module.MaintNotificationsConfig(enabled=False)
        app = make_app(
            REDIS_PROTOCOL=3,
            REDIS_MAINT_NOTIFICATIONS_CONFIG=config,
            REDIS_CONNECTION_POOL_CLASS=BLOCKING,
        )
        assert not Redis(app).connection_pool.maint_notifications_enabled()


def test_pool_class_of_the_users_own(server):
    class Own(redis_py.BlockingConnectionPool):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)

    app = make_app(
        **server.settings,
        REDIS_CONNECTION_POOL_CLASS=Own,
        REDIS_CONNECTION_POOL_TIMEOUT=2,
    )
    redis = Redis(app)
    assert type(redis.connection_pool) is Own
    assert redis.connection_pool.timeout == 2
    assert redis.ping()


if hasattr(redis_py.StrictRedis(), "auto_close_connection_pool"):

    def test_clients_close_the_pool_that_was_made_for_them(server):
        app = make_app(
            **server.settings,
            REDIS_CLIENT_NAME="closes",
            REDIS_CONNECTION_POOL_CLASS=BLOCKING,
        )
        redis = Redis(app)
        redis.ping()
        assert "closes" in names_of_connections(server)
        redis.close()
        wait_until(lambda: "closes" not in names_of_connections(server))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CONNECTION_POOL_CLASS", "redis.Redis"),
        ("CONNECTION_POOL_CLASS", "no.such.Pool"),
        ("CONNECTION_POOL_CLASS", redis_py.ConnectionPool()),
        ("CONNECTION_POOL_CLASS", 5),
        ("CONNECTION_POOL_TIMEOUT", "soon"),
        ("CONNECTION_POOL_TIMEOUT", -1),
    ],
)
def test_bad_pool_settings(name, value):
    app = make_app(CACHE_CONNECTION_POOL_CLASS=BLOCKING)
    app.config[f"CACHE_{name}"] = value
    with pytest.raises(ValueError, match=f"^CACHE_{name} must be "):
        Redis(app, "CACHE")
    assert "redis" not in app.extensions


def test_timeout_without_a_pool_class():
    with pytest.raises(ValueError, match=r"^CACHE_CONNECTION_POOL_TIMEOUT .* needs"):
        Redis(make_app(CACHE_CONNECTION_POOL_TIMEOUT=5), "CACHE")


def test_timeout_for_a_pool_that_does_not_wait():
    app = make_app(
        REDIS_CONNECTION_POOL_CLASS="redis.ConnectionPool",
        REDIS_CONNECTION_POOL_TIMEOUT=5,
    )
    with pytest.raises(ValueError, match=r"^REDIS_CONNECTION_POOL_TIMEOUT "):
        Redis(app)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CONNECTION_POOL", redis_py.ConnectionPool()),
        ("SINGLE_CONNECTION_CLIENT", True),
    ],
)
def test_pool_class_conflicts(name, value):
    app = make_app(
        **{f"REDIS_{name}": value}, REDIS_CONNECTION_POOL_CLASS=BLOCKING, REDIS_PORT=1
    )
    with pytest.raises(ValueError, match=f"^REDIS_{name} "):
        Redis(app)


# With redis-py 7.2 or later.
if hasattr(redis_py, "DriverInfo"):
    OURS = f"redis-py(flask-and-redis_v{__version__})"

    def identity(redis):
        """What ``CLIENT LIST`` shows, or would show with a newer server."""
        driver = arguments(redis)["driver_info"].formatted_name
        return redis.client_info().get("lib-name", driver)

    @pytest.mark.parametrize("pool", [{}, {"REDIS_CONNECTION_POOL_CLASS": BLOCKING}])
    def test_client_list_names_the_extension(pool, app):
        app.config.update(pool)
        assert identity(Redis(app, decode_responses=True)) == OURS

    @pytest.mark.filterwarnings("ignore::DeprecationWarning")
    @pytest.mark.parametrize(
        ("options", "settings"),
        [
            ({"lib_name": "shop"}, {}),
            ({}, {"REDIS_LIB_NAME": "shop"}),
            ({}, {"REDIS_LIB_VERSION": "shop"}),
        ],
    )
    def test_user_overrides_the_library_name(options, settings, app):
        app.config.update(settings)
        redis = Redis(app, decode_responses=True, **options)
        shown = identity(redis)
        assert "flask-and-redis" not in shown
        if "REDIS_LIB_VERSION" not in settings:
            assert "shop" in shown
