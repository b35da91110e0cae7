"""Mistakes in the configuration raise errors at init_app, and none shows a secret."""

import inspect
import logging

import pytest
import redis as redis_py
from hypothesis import example, given
from hypothesis import strategies as st
from servers import everything_said, make_app

from flask_redis import Redis

SECRET = "hunter2Zq9"

OBJECTS = (
    "cache cache_config connection_pool credential_provider driver_info"
    " event_dispatcher maint_notifications_config"
    " oss_cluster_maint_notifications_handler redis_connect_func"
    " retry_on_error socket_keepalive_options ssl_exclude_verify_flags"
    " ssl_include_verify_flags ssl_ocsp_context"
).split()
COLLECTIONS = (
    "retry_on_error socket_keepalive_options"
    " ssl_exclude_verify_flags ssl_include_verify_flags"
).split()

BAD_SETTINGS = [
    ("PORT", "abc"),
    ("PORT", "0"),
    ("PORT", "\u0661"),
    ("PORT", "6_379"),
    ("PORT", 0),
    ("PORT", -1),
    ("PORT", 65536),
    ("PORT", 99999999),
    ("PORT", "99999999"),
    ("PORT", 6379.5),
    ("PORT", True),
    ("PORT", [6379]),
    ("DB", "x"),
    ("DB", "-1"),
    ("DB", -1),
    ("DB", "1.5"),
    ("DB", False),
    ("SOCKET_TIMEOUT", "soon"),
    ("SOCKET_TIMEOUT", "nan"),
    ("SOCKET_TIMEOUT", "inf"),
    ("SOCKET_TIMEOUT", -1),
    ("SOCKET_TIMEOUT", True),
    ("SOCKET_TIMEOUT", "0"),
    ("SOCKET_TIMEOUT", "1e300"),
    ("SOCKET_CONNECT_TIMEOUT", 10**400),
    ("HEALTH_CHECK_INTERVAL", "1m"),
    ("MAX_CONNECTIONS", 0),
    ("MAX_CONNECTIONS", "many"),
    ("DECODE_RESPONSES", "maybe"),
    ("DECODE_RESPONSES", 2),
    ("SSL", "falsch"),
    ("SSL_CERT_REQS", "requierd"),
    ("ENCODING", "utf-88"),
    ("ENCODING", "hex"),
    ("ENCODING", 8),
    ("CHARSET", "utf-88"),
    ("PASSWORD", 1.5),
    ("PASSWORD", True),
    ("PASSWORD", ["p"]),
    ("USERNAME", 1e5),
    ("USER", False),
    ("CLIENT_NAME", 0.5),
    ("HOST", 1.5),
    ("HOST", "redis://there"),
    ("HOST", "run/redis.sock"),
    ("HOST", "unix://run/redis.sock"),
    ("RETRY", "-1"),
    ("RETRY", -1),
    ("RETRY", 1.5),
    ("RETRY", True),
    ("RETRY", "often"),
    ("RETRY", [3]),
    ("RETRY_ON_ERROR", "ConnectionError"),
    ("CONNECTION_POOL", "redis.BlockingConnectionPool"),
    ("CREDENTIAL_PROVIDER", "me"),
    ("URL", 6379),
    ("URL", b"redis://there"),
    ("URL", "there"),
    ("URL", "//there"),
    ("URL", "http://there"),
    ("URL", "redis:/there"),
    ("URL", "redis://there:abc"),
    ("URL", "redis://there:0"),
    ("URL", "redis://there:65536"),
    ("URL", "redis://there:99999999"),
    ("URL", "redis://one:1,two:2"),
    ("URL", "redis://[::1"),
    ("URL", "redis://there/abc"),
    ("URL", "redis://there/1/2"),
    ("URL", "redis://there/-1"),
    ("URL", "redis://there/1.5"),
    ("URL", "redis://there//1"),
    ("URL", "redis://there//"),
    ("URL", "redis://there/1_0"),
    ("URL", "redis://there/+1"),
    ("URL", "redis://there/ 1"),
    ("URL", "redis://there/\u0661"),
    ("URL", "redis://there/" + "9" * 5000),
    ("URL", "redis://there?db=x"),
    ("URL", "redis://there?port=99999999"),
    ("URL", "redis://there/0#1"),
    ("URL", "redis://there?nonsense=1"),
    ("URL", "redis://there?socket_timeout"),
    ("URL", "redis://there?socket_timeout="),
    ("URL", "redis://there?socket_timeout=soon"),
    ("URL", "redis://there?decode_responses=maybe"),
    ("URL", "redis://there?retry=-1"),
    ("URL", "redis://there?retry=often"),
    ("URL", "redis://there?retry_on_error=abc"),
    ("URL", "redis://there?connection_pool=x"),
    ("URL", "redis://there?connection_class=x"),
    ("URL", "redis://there?url=redis://elsewhere"),
    ("URL", "redis://there?unix_socket_path=/run/redis.sock"),
    ("URL", "unix:///run/redis.sock?host=there"),
    ("URL", "unix:///run/redis.sock?port=1"),
    ("URL", "unix:///run/redis.sock?unix_socket_path=/run/other.sock"),
    ("URL", "redis://there?host=elsewhere"),
    ("URL", "redis://there?service_name=shop"),
    ("URL", "redis://there:1?port=2"),
    ("URL", "redis://user:pass@there?password=other"),
    ("URL", "rediss://there?ssl=false"),
    ("URL", "unix://"),
    ("URL", "unix://run/redis.sock"),
    ("URL", "unix://user:pass@run/redis.sock"),
    ("URL", "unix:///run/redis.sock?db=x"),
    ("URL", "unix:///run/redis.sock?nonsense=1"),
]


@pytest.mark.parametrize(("name", "value"), BAD_SETTINGS)
def test_bad_value_names_its_setting(name, value):
    app = make_app(**{f"CACHE_{name}": value})
    with pytest.raises(ValueError, match=f"^CACHE_{name}"):
        Redis(app, "CACHE")


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in inspect.signature(redis_py.StrictRedis).parameters
        if name in OBJECTS
    ],
)
def test_objects_cannot_be_strings_or_numbers(name):
    collections = () if name in COLLECTIONS else (["x"], {"x": 1})
    expected = "a list or dict" if name in COLLECTIONS else "a Python object"
    for value in ("text", 5, True, *collections):
        with pytest.raises(
            ValueError, match=f"^REDIS_{name.upper()} must be {expected}"
        ):
            Redis(make_app(**{f"REDIS_{name.upper()}": value}))


def test_bad_value_is_an_error_even_if_another_one_overrides_it():
    app = make_app(REDIS_URL="redis://there", REDIS_PORT="abc")
    with pytest.raises(ValueError, match=r"^REDIS_PORT must be"):
        Redis(app)
    with pytest.raises(ValueError, match=r"^REDIS_PORT must be"):
        Redis(make_app(REDIS_PORT=1), port="abc")


@pytest.mark.parametrize(
    "path",
    [
        "no.such.Class",
        "redis.NoSuchClass",
        "nosuchmodule",
        "redis",
        "redis.",
        ".redis",
        "not a path",
        "redis..Redis",
        "redis:Redis",
    ],
)
def test_class_path_that_cannot_be_imported(path):
    with pytest.raises(ImportError, match=r"^REDIS_CLASS must be a class or"):
        Redis(make_app(REDIS_CLASS=path))


def test_class_path_that_cannot_be_imported_is_shown():
    with pytest.raises(ImportError, match=r"no\.such\.Class"):
        Redis(make_app(REDIS_CLASS="no.such.Class"))


@pytest.mark.parametrize(
    "value",
    [
        *("redis.exceptions", "redis.from_url", "os.sep"),
        *(redis_py.from_url, 1, 0, False, (), (redis_py.StrictRedis,)),
    ],
)
def test_class_setting_that_is_not_a_class(value):
    with pytest.raises(TypeError, match=r"^REDIS_CLASS must be a class or"):
        Redis(make_app(REDIS_CLASS=value))


@pytest.mark.parametrize(
    "path", ["redis.Sentinel", "redis.SentinelConnectionPool", redis_py.Sentinel]
)
def test_class_of_sentinel_is_not_a_client(path):
    error = "^REDIS_CLASS must be a class .* Leave it unset for a cluster or Sentinel.$"
    with pytest.raises(TypeError, match=error):
        Redis(make_app(REDIS_CLASS=path, REDIS_SENTINELS="one"))


@pytest.mark.parametrize("prefix", [f"redis://:{SECRET}@there", "localhost:6379", 0.5])
def test_prefix_that_cannot_begin_a_name(prefix):
    app = make_app()
    for register in (Redis, Redis().init_app):
        with pytest.raises(
            ValueError, match=r"^config_prefix must be letters, d"
        ) as raised:
            register(app, prefix)
        assert SECRET not in everything_said(raised.value)
    assert "redis" not in app.extensions


@pytest.mark.parametrize("value", [f"redis://:{SECRET}@there", "REDIS", 5, object()])
@pytest.mark.parametrize("register", [Redis, Redis().init_app])
def test_something_else_than_an_app(register, value):
    with pytest.raises(TypeError, match=r"^app must be a Flask app\.") as raised:
        register(value)
    assert "REDIS_URL" in str(raised.value)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("missing", ["ssl", "password"])
def test_url_with_a_part_that_is_not_a_parameter_of_the_class(missing):
    class Narrow:
        def __init__(self, host=None, port=None, db=None):
            pass

    url = {"ssl": "rediss://there", "password": f"redis://:{SECRET}@there"}[missing]
    error = f"^REDIS_URL: {missing} is not a parameter of the client's class.$"
    with pytest.raises(ValueError, match=error):
        Redis(make_app(REDIS_CLASS=Narrow, REDIS_URL=url))
    Redis(make_app(REDIS_CLASS=Narrow, REDIS_URL="redis://there"))


class ClientInZone(redis_py.Redis):
    def __init__(self, zone, **kwargs):
        super().__init__(**kwargs)


class ClusterInZone(redis_py.RedisCluster):
    def __init__(self, zone, **kwargs):
        super().__init__(**kwargs)


@pytest.mark.parametrize(
    ("setting", "called", "argument"),
    [
        ("CLASS", ClientInZone, "zone"),
        ("CLASS", ClusterInZone, "zone"),
        ("CONNECTION_POOL_CLASS", "redis.SentinelConnectionPool", "service_name"),
    ],
)
def test_class_whose_constructor_needs_other_arguments(setting, called, argument):
    error = f"^REDIS_{setting}: .*missing .* required .*'{argument}'"
    with pytest.raises(TypeError, match=error):
        Redis(make_app(**{f"REDIS_{setting}": called}))


@pytest.mark.parametrize(
    ("setting", "bad", "error"),
    [
        ("REDIS_PORT", "abc", ValueError),
        ("REDIS_URL", "redis://there/abc", ValueError),
        ("REDIS_CLASS", "no.such.Class", ImportError),
        ("REDIS_CLASS", "os.sep", TypeError),
    ],
)
def test_failed_init_app_changes_nothing(setting, bad, error, app, server):
    fixed = {"REDIS_PORT": server.port, "REDIS_URL": server.url(4)}.get(setting)
    app.config[setting] = bad
    before, extensions = dict(app.config), dict(app.extensions)
    redis = Redis()
    with pytest.raises(error):
        redis.init_app(app)
    assert app.config == before
    assert app.extensions == extensions
    with app.app_context(), pytest.raises(RuntimeError, match="init_app"):
        redis.ping()

    app.config[setting] = fixed
    redis.init_app(app)
    with app.app_context():
        assert redis.ping()


def said_by_init_app(caplog, **settings):
    """Everything that errors, logs and ``repr`` say of some settings."""
    redis = Redis()
    app = make_app(**settings)
    with caplog.at_level(logging.DEBUG):
        try:
            redis.init_app(app)
        except (ValueError, TypeError, ImportError) as error:
            return everything_said(error) + repr(redis) + caplog.text
    return repr(redis) + caplog.text


URLS_WITH_A_SECRET = [
    "redis://:{}@there",
    "redis://user:{}@there:abc",
    "redis://user:{}@there:99999999/1/2?nonsense=1",
    "redis://user:{}@there/abc",
    "redis://:{}@[::1",
    "redis://:{}@\u2100there",
    "redis://:{}",
    "redis://{}:1:2@there",
    "redis://:a#{}@there",
    "redis://:a?{}@there",
    "redis://:a?{}=b@there",
    "redis://:1?db={}@there",
    "redis://:a/{}@there",
    "redis://:1/{}@there",
    "redis://there/{}",
    "redis://there?{}=1",
    "redis://there?password={}&port=0",
    "redis://there?password={}&retry={}",
    "redis://there?db={}",
    "redis://there?socket_timeout={}",
    "unix://{}/run/redis.sock",
    "unix://:{}@run/redis.sock",
    "unix://:{}@/run/redis.sock?db=x",
    "http://:{}@there",
    "{}",
    ":{}@there",
    "redis:{}",
]


ONE_PORT = "an integer from 1 to 65535."
ONE_HOST = "a host without a port, or the absolute path of a Unix socket."


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("localhost:6379", ": the scheme must be one of redis, rediss, unix, "),
        ("REDIS_URL", ": the scheme must be one of redis, "),
        ("http://there", ": the scheme must be one of redis, "),
        ("redis:/there", ": the scheme must be one of redis, "),
        ("redis://there:abc", f": the port must be {ONE_PORT}"),
        ("redis://there:0/abc?x=y", ": the path must be a database number, as in "),
        ("redis://there:65536", f": the port must be {ONE_PORT}"),
        ("redis://one:1,two:2", f": the port must be {ONE_PORT}"),
        ("redis://[::1", f": the host must be {ONE_HOST}"),
        ("redis://one two", f": the host must be {ONE_HOST}"),
        ("redis://one,two", f": the host must be {ONE_HOST}"),
        ("redis://there/abc", ": the path must be a database number, as in redis://"),
        ("redis://:a/b@there", ": the path must be a database number, as in redis://"),
        ("redis://there/9" + 5000 * "9", ": the db must be an integer, 0 or more."),
        ("redis://there?db=x", ": the db must be an integer, 0 or more."),
        ("redis://there?socket_timeout=x", ": the socket_timeout must be a number of"),
        ("redis://there?nonsense=1", ": an option is not a parameter of the client's"),
        ("redis://:a?b@there", ": an option is not a parameter of the client's"),
        ("redis://:a#b@there", " must be a URL; write # in a password as %23."),
        ("redis://there?host=x", ": host belongs in the address, not in an option."),
        ("unix://run/redis.sock", ": the path must be absolute, as in unix:///run/"),
        ("redis+sentinel://one", ": the path must be a name, as in redis+sentinel"),
        ("redis+sentinel://one:x/shop", ": the sentinels must be host:port,host:port"),
        ("redis+cluster://one:x", ": the startup_nodes must be host:port,host:port"),
        ("redis+cluster://one/x", ": the path must be 0 or empty, as in redis+cl"),
    ],
)
def test_error_names_the_part_of_the_url_that_is_invalid(url, message):
    with pytest.raises(ValueError, match=r"^CACHE_URL") as raised:
        Redis(make_app(CACHE_URL=url), "CACHE")
    assert str(raised.value).startswith(f"CACHE_URL{message}")
    assert len(str(raised.value).split()) < 31


@pytest.mark.parametrize("url", URLS_WITH_A_SECRET)
@pytest.mark.parametrize(
    "setting", ["REDIS_URL", "REDIS_HOST", "REDIS_PORT", "REDIS_CLASS"]
)
def test_no_secret_of_a_url_is_shown(url, setting, caplog):
    settings = {setting: url.replace("{}", SECRET)}
    assert SECRET not in said_by_init_app(caplog, **settings)


@pytest.mark.parametrize(
    "name",
    [
        "URL",
        "CLASS",
        "CHARSET",
        "USER",
        "DB",
        "PORT",
        "SSL",
        "DECODE_RESPONSES",
        "SOCKET_TIMEOUT",
        "RETRY",
        "ENCODING",
        "SSL_CERT_REQS",
        "MAX_CONNECTIONS",
        "CONNECTION_POOL",
        "PROTOCOL",
        "CACHE",
        "CACHE_CONFIG",
        "CREDENTIAL_PROVIDER",
        "DRIVER_INFO",
    ],
)
def test_no_misplaced_secret_is_shown(name, caplog):
    said = said_by_init_app(caplog, REDIS_PASSWORD=SECRET, **{f"REDIS_{name}": SECRET})
    assert SECRET not in said


@given(
    st.text()
    | st.text().map("redis://".__add__)
    | st.text().map("unix://".__add__)
    | st.from_regex(r"rediss?://[^@]{0,9}@[^@]{0,9}")
)
@example("redis://there:\u0661")
@example("redis://there:6_379")
@example("redis://\ud800")
def test_any_text_as_url_is_a_client_or_a_clear_error(url):
    app = make_app(REDIS_URL=url)
    before = dict(app.config)
    try:
        Redis(app)
    except ValueError as error:
        assert str(error).startswith("REDIS_URL")
        assert error.__context__ is None
        assert app.config == before
    else:
        assert "REDIS" in app.extensions["redis"]
