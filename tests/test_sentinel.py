"""Settings for Sentinel. These tests look at the client and need no server; those in
``deployments`` use real ones."""

import signal

import pytest
import redis as redis_py
from redis.sentinel import SentinelConnectionPool
from servers import NO_RETRY, arguments, make_app

from flask_redis import Redis, __version__

SETTINGS = {"REDIS_SENTINELS": "one:1", "REDIS_SERVICE_NAME": "shop"}


def pool_of(url=None, prefix="REDIS", **settings):
    if url:
        settings["REDIS_URL"] = url
    pool = Redis(make_app(**settings)).connection_pool
    assert type(pool) is SentinelConnectionPool
    return pool


def addresses(pool):
    return [
        (arguments(client)["host"], arguments(client)["port"])
        for client in pool.sentinel_manager.sentinels
    ]


def sentinel_arguments(pool, name):
    return [arguments(each)[name] for each in pool.sentinel_manager.sentinels]


@pytest.mark.parametrize(
    ("rest", "expected", "service", "db"),
    [
        ("one/shop", [("one", 26379)], "shop", 0),
        ("one:1/shop/", [("one", 1)], "shop", 0),
        ("one:1/shop/3", [("one", 1)], "shop", 3),
        ("one:1/shop/3/", [("one", 1)], "shop", 3),
        ("one:1/shop?db=3", [("one", 1)], "shop", 3),
        ("one:1/shop/2?db=3", [("one", 1)], "shop", 3),
        ("one:1,two,three:3/shop", [("one", 1), ("two", 26379), ("three", 3)], 0, 0),
        ("[::1]:1,[fe80::2]/shop", [("::1", 1), ("fe80::2", 26379)], "shop", 0),
        ("10.0.0.1:1/my%20shop%2Fs", [("10.0.0.1", 1)], "my shop/s", 0),
        ("[fe80::1%25eth0]:1/shop", [("fe80::1%eth0", 1)], "shop", 0),
    ],
)
def test_address(rest, expected, service, db):
    pool = pool_of(f"redis+sentinel://{rest}", REDIS_HOST="elsewhere", REDIS_DB=9)
    assert addresses(pool) == expected
    assert pool.service_name == (service or "shop")
    assert pool.connection_kwargs["db"] == db
    assert pool.is_master


@pytest.mark.parametrize(
    ("credentials", "username", "password"),
    [
        ("", "a setting", "another"),
        (":pass@", "a setting", "pass"),
        ("ann:pass@", "ann", "pass"),
        ("ann@", "ann", "another"),
        ("an%20n:p%40s%3As%2Fw%3Fo%23r%25d@", "an n", "p@s:s/w?o#r%d"),
        ("ann:p@ss@", "ann", "p@ss"),
    ],
)
def test_credentials_go_to_the_data_servers_only(credentials, username, password):
    pool = pool_of(
        f"redis+sentinel://{credentials}one:1,two:2/shop",
        REDIS_USERNAME="a setting",
        REDIS_PASSWORD="another",
    )
    assert pool.connection_kwargs["username"] == username
    assert pool.connection_kwargs["password"] == password
    assert sentinel_arguments(pool, "username") == [None, None]
    assert sentinel_arguments(pool, "password") == [None, None]


def test_credentials_of_the_sentinels():
    pool = pool_of(
        "redis+sentinel://ann:pass@one:1/shop"
        "?sentinel_username=sen%20tinel&sentinel_password=p%40ss"
    )
    assert sentinel_arguments(pool, "username") == ["sen tinel"]
    assert sentinel_arguments(pool, "password") == ["p@ss"]
    assert pool.connection_kwargs["password"] == "pass"


def test_options():
    pool = pool_of(
        "redis+sentinel://one:1/shop?socket_timeout=2&decode_responses=yes"
        "&min_other_sentinels=1&role=replica&max_connections=7"
    )
    assert pool.connection_kwargs["socket_timeout"] == 2
    assert pool.connection_kwargs["decode_responses"] is True
    assert pool.sentinel_manager.min_other_sentinels == 1
    assert not pool.is_master
    assert pool.max_connections == 7


def test_writes_nothing_back():
    app = make_app(REDIS_URL="redis+sentinel://ann:pass@one:1/shop/3")
    before = dict(app.config)
    Redis(app)
    assert app.config == before


@pytest.mark.parametrize(
    "sentinels",
    [
        "one:1,two",
        " one:1 , two:26379 ",
        ["one:1", "two"],
        [("one", 1), ("two", 26379)],
        (["one", "1"], ["two", 26379]),
    ],
)
def test_setting_by_setting(sentinels):
    pool = pool_of(
        REDIS_SENTINELS=sentinels,
        REDIS_SERVICE_NAME="shop",
        REDIS_MIN_OTHER_SENTINELS="2",
        REDIS_DB=3,
    )
    assert addresses(pool) == [("one", 1), ("two", 26379)]
    assert pool.service_name == "shop"
    assert pool.sentinel_manager.min_other_sentinels == 2
    assert pool.connection_kwargs["db"] == 3


@pytest.mark.parametrize(("role", "is_master"), [("primary", True), ("replica", False)])
def test_role(role, is_master):
    assert pool_of(**SETTINGS, REDIS_ROLE=role).is_master is is_master


def test_url_of_one_server_wins_over_sentinels_in_settings():
    redis = Redis(make_app(REDIS_URL="redis://there", **SETTINGS))
    assert type(redis.connection_pool) is redis_py.ConnectionPool
    assert arguments(redis)["host"] == "there"


def test_name_of_the_service_in_code():
    redis = Redis(make_app(REDIS_SENTINELS="one:1"), service_name="shop")
    assert redis.connection_pool.service_name == "shop"
    redis = Redis(make_app(REDIS_SERVICE_NAME="shop"), sentinels="one:1")
    assert addresses(redis.connection_pool) == [("one", 1)]


def test_code_for_sentinel_runs_with_one_server_too(server):
    """On the machine of a developer, whose URL is another."""
    reads = Redis(
        make_app(REDIS_URL=server.tcp_url(), REDIS_SENTINEL_PASSWORD="secret"),
        role="replica",
        service_name="shop",
    )
    assert reads.ping()


def test_sentinels_in_settings_win_over_an_address_in_code():
    redis = Redis(make_app(**SETTINGS), unix_socket_path="/run/redis.sock")
    assert addresses(redis.connection_pool) == [("one", 1)]


@pytest.mark.parametrize("ca_certs", ["?ssl_ca_certs=/etc/ca.pem", ""])
def test_tls_for_both(ca_certs):
    settings = {} if ca_certs else {"REDIS_SSL_CA_CERTS": "/etc/ca.pem"}
    pool = pool_of(f"rediss+sentinel://one:1/shop{ca_certs}", **settings)
    assert issubclass(pool.connection_class, redis_py.SSLConnection)
    assert pool.connection_kwargs["ssl_ca_certs"] == "/etc/ca.pem"
    assert pool.connection_kwargs["ssl_cert_reqs"] == "required"
    (client,) = pool.sentinel_manager.sentinels
    assert client.connection_pool.connection_class is redis_py.SSLConnection
    assert arguments(client)["ssl_ca_certs"] == "/etc/ca.pem"
    assert arguments(client)["ssl_cert_reqs"] == "required"


def test_tls_for_the_sentinels_alone():
    pool = pool_of(
        **SETTINGS,
        REDIS_SSL_CA_CERTS="/etc/ca.pem",
        REDIS_SENTINEL_KWARGS={"ssl": True},
    )
    assert not issubclass(pool.connection_class, redis_py.SSLConnection)
    assert sentinel_arguments(pool, "ssl_ca_certs") == ["/etc/ca.pem"]


def test_tls_for_the_data_alone():
    pool = pool_of("rediss+sentinel://one:1/shop", REDIS_SENTINEL_KWARGS={"ssl": False})
    assert issubclass(pool.connection_class, redis_py.SSLConnection)
    (client,) = pool.sentinel_manager.sentinels
    assert client.connection_pool.connection_class is redis_py.Connection


def test_sentinels_inherit_sockets_but_nothing_else():
    pool = pool_of(
        **SETTINGS,
        REDIS_SOCKET_TIMEOUT="2",
        REDIS_SOCKET_CONNECT_TIMEOUT=3,
        REDIS_SOCKET_KEEPALIVE=True,
        REDIS_DB=4,
        REDIS_CLIENT_NAME="shop",
        REDIS_SENTINEL_KWARGS={"socket_timeout": 0.5, "client_name": "asks"},
    )
    assert sentinel_arguments(pool, "socket_timeout") == [0.5]
    assert sentinel_arguments(pool, "socket_connect_timeout") == [3]
    assert sentinel_arguments(pool, "socket_keepalive") == [True]
    assert sentinel_arguments(pool, "client_name") == ["asks"]
    assert sentinel_arguments(pool, "db") == [0]
    assert pool.connection_kwargs["socket_timeout"] == 2
    assert pool.connection_kwargs["client_name"] == "shop"


def test_settings_of_none_are_ignored():
    none = dict.fromkeys(
        (
            *("REDIS_MIN_OTHER_SENTINELS", "REDIS_SENTINEL_KWARGS", "REDIS_ROLE"),
            *("REDIS_CONNECTION_POOL_CLASS", "REDIS_MAX_CONNECTIONS"),
        )
    )
    pool = pool_of(**SETTINGS, **none)
    assert pool.sentinel_manager.min_other_sentinels == 0
    assert pool.is_master


def test_class_with_settings_of_its_own():
    class Own(redis_py.StrictRedis):
        def __init__(self, greeting="hello", **kwargs):
            self.greeting = greeting
            super().__init__(client_name=greeting, **kwargs)

    app = make_app(**SETTINGS, REDIS_CLASS=Own, REDIS_GREETING="hi")
    client = Redis(app).connection
    assert type(client) is Own
    assert client.greeting == arguments(client)["client_name"] == "hi"


# With redis-py 7.2 or later.
if hasattr(redis_py, "DriverInfo"):

    def test_client_list_names_the_extension():
        pool = pool_of(**SETTINGS)
        of_sentinels = sentinel_arguments(pool, "driver_info")
        for driver in (pool.connection_kwargs["driver_info"], *of_sentinels):
            ours = f"redis-py(flask-and-redis_v{__version__})"
            assert driver.formatted_name == ours


def test_class_that_turns_tls_on_itself():
    class Secure(redis_py.StrictRedis):
        def __init__(self, **kwargs):
            super().__init__(ssl=True, ssl_ca_certs="/ca.pem", **kwargs)

    pool = pool_of(**SETTINGS, REDIS_CLASS=Secure, REDIS_RETRY=NO_RETRY)
    assert issubclass(pool.connection_class, redis_py.SSLConnection)
    assert vars(pool.connection_kwargs["retry"])["_retries"] == 0
    (client,) = pool.sentinel_manager.sentinels
    assert client.connection_pool.connection_class is redis_py.SSLConnection
    assert sentinel_arguments(pool, "ssl_ca_certs") == ["/ca.pem"]


def test_class_with_foreign_connections_is_refused():
    app = make_app(**SETTINGS, REDIS_CLASS="fakeredis.FakeRedis")
    with pytest.raises(ValueError, match=r"^REDIS_CLASS cannot .* Sentinel"):
        Redis(app)


SECRET = "hunter2Zq9"

BAD_URLS = [
    "redis+sentinel://one:1",
    "redis+sentinel://one:1/",
    "redis+sentinel://one:1?db=0",
    "redis+sentinel:///shop",
    "redis+sentinel://:1/shop",
    "redis+sentinel://,one/shop",
    "redis+sentinel://one,,two/shop",
    "redis+sentinel://one,/shop",
    "redis+sentinel://one:/shop",
    "redis+sentinel://one:0/shop",
    "redis+sentinel://one:65536/shop",
    "redis+sentinel://one:x/shop",
    "redis+sentinel://::1/shop",
    "redis+sentinel://[]:1/shop",
    "redis+sentinel://one two/shop",
    "redis+sentinel://one/shop/x",
    "redis+sentinel://one/shop/1/2",
    "redis+sentinel://one/shop/-1",
    "redis+sentinel://one/shop#3",
    f"redis+sentinel://:{SECRET}/rest@one/shop",
    f"redis+sentinel://ann:12/{SECRET}@one",
    "redis+sentinel://one/shop?db=x",
    "redis+sentinel://one/shop?role=master",
    "redis+sentinel://one/shop?role=",
    "redis+sentinel://one/shop?host=two",
    "redis+sentinel://one/shop?port=2",
    "redis+sentinel://one/shop?unix_socket_path=/run/redis.sock",
    "redis+sentinel://one/shop?sentinels=two:2",
    "redis+sentinel://one/shop?service_name=other",
    "redis+sentinel://one/shop?startup_nodes=two:2",
    "redis+sentinel://:pass@one/shop?password=other",
    "redis+sentinel://one/shop?min_other_sentinels=-1",
    "redis+sentinel://one/shop?sentinel_kwargs=x",
    "redis+sentinel://one/shop?nonsense=1",
    "rediss+sentinel://one/shop?ssl=false",
    "unix+sentinel://one/shop",
    "sentinel://one/shop",
    "redis+sentinels://one/shop",
    "redis+sentinel+sentinel://one/shop",
]


@pytest.mark.parametrize("url", BAD_URLS)
def test_bad_url(url):
    app = make_app(CACHE_URL=url, CACHE_PASSWORD=SECRET)
    with pytest.raises(ValueError, match=r"^CACHE_URL\b") as raised:
        Redis(app, "CACHE")
    assert SECRET not in str(raised.value)
    assert raised.value.__cause__ is raised.value.__context__ is None
    assert "redis" not in app.extensions


def test_unknown_scheme_lists_those_that_exist():
    for scheme in ("http", "redis+cluster+sentinel", "redis+proxy"):
        with pytest.raises(ValueError, match=r"^REDIS_URL: the scheme must") as raised:
            Redis(make_app(REDIS_URL=f"{scheme}://one/shop"))
        for known in ("redis", "rediss", "unix", "redis+sentinel", "redis+cluster"):
            assert known in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            ("SENTINELS", value)
            for value in (
                *(
                    [],
                    "ann@one:1",
                    "one:0",
                    "one:x",
                    "ann:pass@one:1",
                    "one/shop",
                    "redis://one",
                ),
                *(5, [5], [("one",)], [("one", 0)], [("", 1)], [("one", 1, 2)]),
                *([("one", None)], [(1, 1)], [("a/b", 1)], ["one:1", ""]),
            )
        ),
        ("SERVICE_NAME", 1.5),
        ("ROLE", "master"),
        ("ROLE", True),
        ("MIN_OTHER_SENTINELS", "-1"),
        ("SENTINEL_USERNAME", 1.5),
        ("SENTINEL_PASSWORD", True),
        ("SENTINEL_KWARGS", "password=x"),
        ("CONNECTION_POOL", redis_py.ConnectionPool()),
        ("CONNECTION_POOL_CLASS", "redis.BlockingConnectionPool"),
        ("SINGLE_CONNECTION_CLIENT", True),
        ("UNIX_SOCKET_PATH", "/run/redis.sock"),
    ],
)
def test_bad_setting(name, value):
    settings = {"CACHE_SENTINELS": "one:1", "CACHE_SERVICE_NAME": "shop"}
    app = make_app(**{**settings, f"CACHE_{name}": value})
    with pytest.raises(ValueError, match=rf"^CACHE_{name}\b|\bCACHE_{name}\b"):
        Redis(app, "CACHE")
    assert "redis" not in app.extensions


@pytest.mark.parametrize("name", ["nonsense", "sentinels", "host", "port"])
def test_other_parameters_of_the_sentinels_are_errors(name):
    app = make_app(**SETTINGS, REDIS_SENTINEL_KWARGS={name: SECRET})
    error = "^REDIS_SENTINEL_KWARGS .* must be parameters of redis.Redis.$"
    with pytest.raises(ValueError, match=error) as raised:
        Redis(app)
    assert SECRET not in str(raised.value)
    assert "redis" not in app.extensions


@pytest.mark.parametrize("end", ["]", ":x", ","])
def test_long_blanks_are_refused_quickly(end):
    # Tried in every way in which they can be divided, they would take for ever.
    settings = {"CACHE_SENTINELS": " " * 100_000 + end, "CACHE_SERVICE_NAME": "shop"}
    signal.alarm(10)
    try:
        with pytest.raises(ValueError, match=r"^CACHE_SENTINELS "):
            Redis(make_app(**settings), "CACHE")
    finally:
        signal.alarm(0)


@pytest.mark.parametrize(
    ("name", "value"),
    [("SENTINELS", "one:1"), ("SERVICE_NAME", "shop")],
)
def test_setting_that_needs_another(name, value):
    with pytest.raises(ValueError, match=f"^CACHE_{name} "):
        Redis(make_app(**{f"CACHE_{name}": value}), "CACHE")
