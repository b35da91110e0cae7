"""Settings as platforms hand them out: variables that are not set, line ends, hosts
with more than a host in them, and the words of other libraries."""

import inspect
import ssl

import fakeredis.aioredis
import pytest
import redis as redis_py
import redis.asyncio as redis_asyncio
from redis.backoff import ConstantBackoff, ExponentialBackoff
from redis.exceptions import RedisClusterException
from redis.retry import Retry
from servers import Refusing, arguments, everything_said, make_app

import flask_redis
from flask_redis import Redis

SECRET = "hunter2Zq9"
PARAMETERS = inspect.signature(redis_py.StrictRedis).parameters
ADDRESS = {"host", "port", "unix_socket_path", "connection_pool"}
NO_LIMIT = {"socket_timeout", "socket_connect_timeout"}


class Kept(redis_py.StrictRedis):
    """Keeps what it was constructed with."""

    def __init__(self, **kwargs):
        self.kept = kwargs
        super().__init__(**kwargs)


def kept(options=(), **settings):
    app = make_app(REDIS_CLASS=Kept, **settings)
    found = Redis(app, **dict(options)).connection.kept
    return {n: v for n, v in found.items() if n not in ("driver_info", "lib_name")}


def error_of(options=(), **settings):
    with pytest.raises((ValueError, TypeError)) as raised:
        Redis(make_app(**settings), **dict(options))
    assert SECRET not in everything_said(raised.value)
    return str(raised.value)


# A variable that is not set is None or an empty string.

OPTIONS = {
    "host": "there",
    "port": 1,
    "db": 5,
    "unix_socket_path": "/run/redis.sock",
    "username": "ann",
    "password": "secret",
    "encoding": "latin-1",
    "encoding_errors": "replace",
    "decode_responses": True,
    "socket_timeout": 3,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "socket_read_size": 100,
    "ssl": True,
    "ssl_check_hostname": True,
    "ssl_cert_reqs": "required",
    "ssl_ca_certs": "/etc/ca.pem",
    "max_connections": 7,
    "health_check_interval": 9,
    "client_name": "shop",
    "protocol": 2,
    "retry": Retry(ExponentialBackoff(), 1),
}


@pytest.mark.parametrize("unset", [None, "", " ", "\n"])
@pytest.mark.parametrize("name", [n for n in OPTIONS if n in PARAMETERS])
def test_setting_that_is_not_set_leaves_the_option(name, unset):
    options = {name: OPTIONS[name]}
    if name.startswith("ssl_"):
        options["ssl"] = True
    if unset == " " and name == "password":
        unset = ""
    setting = {f"REDIS_{name.upper()}": unset}
    if unset is None and name in NO_LIMIT:
        assert kept(options, **setting) == {name: None}
    else:
        assert kept(options, **setting) == kept(options)


@pytest.mark.parametrize("unset", [None, ""])
@pytest.mark.parametrize("name", PARAMETERS)
def test_setting_that_is_not_set_is_as_if_it_were_not_there(name, unset):
    if unset is None and name in NO_LIMIT:
        assert kept(**{f"REDIS_{name.upper()}": unset}) == {name: None}
    else:
        assert kept(**{f"REDIS_{name.upper()}": unset}) == {}


@pytest.mark.parametrize("unset", [None, ""])
def test_nothing_that_is_not_set_changes_the_client(unset, server):
    names = "CLASS URL SENTINELS SERVICE_NAME ROLE STARTUP_NODES SENTINEL_KWARGS"
    names += " SENTINEL_PASSWORD MIN_OTHER_SENTINELS CONNECTION_POOL_CLASS CHARSET"
    app = make_app(**{f"REDIS_{name}": unset for name in names.split()})
    app.config.update(server.settings)
    redis = Redis(app)
    assert type(redis.connection) is redis_py.StrictRedis
    assert type(redis.connection_pool) is redis_py.ConnectionPool
    redis.set("key", "value")
    assert server.keys() == {(0, "key")}


def test_pool_timeout_of_none_needs_no_pool_that_waits():
    assert Redis(make_app(REDIS_CONNECTION_POOL_TIMEOUT=None)).connection
    app = make_app(REDIS_CONNECTION_POOL_TIMEOUT=None)
    redis = Redis(app, connection_pool_class="redis.BlockingConnectionPool")
    assert redis.connection_pool.timeout is None
    pool = Redis(app, "OTHER", connection_pool_timeout=None).connection_pool
    assert type(pool) is redis_py.ConnectionPool


def test_options_in_code_are_passed_as_they_are():
    options = {"socket_timeout": None, "db": None, "ssl": True, "ssl_cert_reqs": None}
    assert kept(options) == {**options, "ssl_check_hostname": False}
    assert "REDIS_PORT" in error_of({"port": ""})


@pytest.mark.parametrize("unset", [None, ""])
def test_tls_is_not_weakened_by_what_is_not_set(unset):
    settings = {
        f"REDIS_SSL_{name}": unset
        for name in ("CERT_REQS", "CHECK_HOSTNAME", "CA_CERTS", "MIN_VERSION")
    }
    found = arguments(Redis(make_app(REDIS_SSL=unset, **settings), ssl=True))
    assert found["ssl_cert_reqs"] in ("required", ssl.CERT_REQUIRED)
    assert found["ssl_check_hostname"] is True


def test_empty_socket_path_beside_a_host(server):
    app = make_app(**server.settings, REDIS_UNIX_SOCKET_PATH="")
    assert Redis(app).ping()


# Line ends and blanks.


@pytest.mark.parametrize("end", ["\n", "\r\n", " ", "\t"])
def test_blanks_and_line_ends_around_a_value(end, server):
    with server.client() as client:
        client.acl_setuser(
            "ann", enabled=True, passwords=["+p@ss"], categories=["+@all"], keys="*"
        )
    settings = {
        "REDIS_HOST": f"{end}127.0.0.1{end}",
        "REDIS_PORT": f" {server.port}{end}",
        "REDIS_DB": f"3{end}",
        "REDIS_USERNAME": f"{end}ann{end}",
        "REDIS_PASSWORD": "p@ss" + end * end.endswith("\n"),
        "REDIS_CLASS": f"redis.StrictRedis{end}",
        "REDIS_DECODE_RESPONSES": f"true{end}",
        "REDIS_ENCODING": f"utf-8{end}",
        "REDIS_SSL_CERT_REQS": f" required{end}",
    }
    assert Redis(make_app(**settings)).acl_whoami() == "ann"
    path = make_app(REDIS_UNIX_SOCKET_PATH=f"{server.socket}{end}")
    assert Redis(path).ping()
    url = make_app(REDIS_URL=f" {server.tcp_url(3)}{end}")
    assert Redis(url).ping()


@pytest.mark.parametrize(
    ("given", "used"),
    [("p@ss\n", "p@ss"), ("p@ss\r\n", "p@ss"), (" p@ss ", " p@ss "), ("\tp", "\tp")],
)
@pytest.mark.parametrize("name", ["password", "ssl_password"])
def test_password_loses_only_a_line_end(name, given, used):
    app = make_app(REDIS_SSL=True, **{f"REDIS_{name.upper()}": given})
    assert arguments(Redis(app))[name] == used


# Hosts.


@pytest.mark.parametrize(
    "host",
    [
        "db:6380",
        f"user:{SECRET}@db",
        f"{SECRET}@db",
        "a,b",
        "a b",
        "a\tb",
        "[db]",
        "[::1",
        "::1]",
        "[::1]:6379",
        "10.0.0.1:6379",
        "db?x=1",
        "db#1",
        "db/3",
        "redis://db",
        "http://db",
        f"redis://:{SECRET}@db",
        "run/redis.sock",
        "unix://run/redis.sock",
        "a%20b",
        "'db'",
        ":6379",
        "*",
        "redis..svc.cluster.local",
        ".cache.amazonaws.com",
        64 * "a" + ".example",
        "unix:///run/redis.sock?db=3",
    ],
)
def test_what_is_not_a_host_is_an_error(host):
    message = error_of(REDIS_HOST=host)
    assert message.startswith("REDIS_HOST must be a host without a port, or the abs")
    assert error_of(REDIS_SENTINELS=[(host, 1)], REDIS_SERVICE_NAME="shop")
    assert error_of(REDIS_STARTUP_NODES=[(host, 1)])


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("db", "db"),
        ("redis_cache", "redis_cache"),
        ("redis.svc.cluster.local.", "redis.svc.cluster.local."),
        ("my-cache.abc123.0001.use1.cache.amazonaws.com",) * 2,
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("bücher.example", "bücher.example"),
        ("10.0.0.1", "10.0.0.1"),
        ("::1", "::1"),
        ("[::1]", "::1"),
        ("[fe80::1%eth0]", "fe80::1%eth0"),
        ("DB", "DB"),
    ],
)
def test_host(given, used):
    assert arguments(Redis(make_app(REDIS_HOST=given)))["host"] == used
    nodes = Redis(make_app(REDIS_SENTINELS=[(given, 1)], REDIS_SERVICE_NAME="shop"))
    (sentinel,) = nodes.connection_pool.sentinel_manager.sentinels
    assert arguments(sentinel)["host"] == used


@pytest.mark.parametrize("form", ["unix://{}", "file://{}", "{}"])
@pytest.mark.parametrize("name", ["HOST", "UNIX_SOCKET_PATH"])
def test_url_of_a_unix_socket_means_its_path(name, form, server):
    app = make_app(**{f"REDIS_{name}": form.format(server.socket)})
    assert Redis(app).ping()


@pytest.mark.parametrize(
    "path",
    [
        *("redis://there", f"redis://:{SECRET}@there", 5, True, "redis.sock"),
        *(f"unix://:{SECRET}@/run/r.sock", f"user:{SECRET}@db", "localhost:6379"),
        *(f"unix:///s?password={SECRET}", "unix:/run/r.sock", "redis+socket:///s"),
    ],
)
def test_what_is_not_a_path_is_an_error(path):
    message = error_of(REDIS_UNIX_SOCKET_PATH=path)
    assert (
        message == "REDIS_UNIX_SOCKET_PATH must be the absolute path of a Unix socket."
    )


# Options of a URL that would be ignored.


@pytest.mark.parametrize("host", ["redis://there", "redis+cluster://there"])
@pytest.mark.parametrize(
    "option",
    [
        "role=replica",
        "role=primary",
        "sentinel_username=ann",
        "sentinel_password=" + SECRET,
        "min_other_sentinels=1",
    ],
)
def test_option_for_sentinel_in_another_url_is_an_error(host, option):
    name = option.partition("=")[0]
    assert error_of(REDIS_URL=f"{host}?{option}") == (
        f"REDIS_{name.upper()} (or {name} in REDIS_URL) needs Sentinels."
    )


@pytest.mark.parametrize(
    "address",
    [
        "redis://there",
        "redis+cluster://there",
        "redis+sentinel://there/shop",
        "unix:///run/redis.sock",
    ],
)
@pytest.mark.parametrize("name", [n for n in PARAMETERS if n.startswith("ssl_")])
def test_option_for_tls_without_tls_is_an_error(name, address):
    value = {
        "ssl_cert_reqs": "required",
        "ssl_check_hostname": "yes",
        "ssl_min_version": "1.2",
        "ssl_validate_ocsp": "yes",
        "ssl_validate_ocsp_stapled": "yes",
    }.get(name, "/ca.pem")
    message = error_of(REDIS_URL=f"{address}?{name}={value}")
    if "Python object" not in message and "list or dict" not in message:
        where = f"REDIS_{name.upper()} (or {name} in REDIS_URL)"
        assert message == f"{where} needs TLS, as with rediss://."


@pytest.mark.parametrize(
    "option", ["socket_connect_timeout=1", "socket_keepalive=true"]
)
def test_option_for_tcp_in_the_url_of_a_unix_socket_is_an_error(option):
    name = option.partition("=")[0]
    message = error_of(REDIS_URL=f"unix:///run/redis.sock?{option}")
    assert message == f"REDIS_{name.upper()} (or {name} in REDIS_URL) needs TCP."
    # An app can have it among its settings.
    Redis(make_app(REDIS_URL="unix:///s", REDIS_SOCKET_CONNECT_TIMEOUT=1))
    Redis(make_app(REDIS_URL=f"redis://there?{option}"))


@pytest.mark.parametrize("name", ["password", "user", "ssl_ca_certs", "db", "retry"])
def test_empty_option_is_an_error(name):
    message = error_of(REDIS_URL=f"rediss://there?{name}=", REDIS_PASSWORD=SECRET)
    assert message == f"REDIS_URL: the {name} is empty."


def test_older_name_beside_credentials_in_the_address():
    for option in ("user=bob", "username=bob"):
        name = option.partition("=")[0]
        message = error_of(REDIS_URL=f"redis://ann@there?{option}")
        assert message == (
            f"REDIS_URL: {name} belongs in the address, not in an option."
        )


@pytest.mark.parametrize("where", ["settings", "code", "URL"])
def test_option_for_tls_counts_with_tls(where):
    url = "redis://there?ssl_ca_certs=/ca.pem" + "&ssl=true" * (where == "URL")
    app = make_app(
        REDIS_URL=url, **{"REDIS_SSL": "true"} if where == "settings" else {}
    )
    redis = Redis(app, **{"ssl": True} if where == "code" else {})
    assert arguments(redis)["ssl_ca_certs"] == "/ca.pem"


def test_option_for_tls_of_the_sentinels_alone():
    url = "redis+sentinel://there/shop?ssl_ca_certs=/ca.pem"
    app = make_app(REDIS_URL=url, REDIS_SENTINEL_KWARGS={"ssl": True})
    (sentinel,) = Redis(app).connection_pool.sentinel_manager.sentinels
    assert arguments(sentinel)["ssl_ca_certs"] == "/ca.pem"
    app = make_app(REDIS_URL=url, REDIS_SENTINEL_KWARGS={"client_name": "asks"})
    with pytest.raises(ValueError, match=r"ssl_ca_certs in REDIS_URL\) needs TLS"):
        Redis(app)


@pytest.mark.parametrize("socket", ["unix:///run/redis.sock", "unix:///s?ssl=true"])
def test_unix_socket_has_no_tls(socket):
    settings = {} if "?" in socket else {"REDIS_SSL": "yes"}
    message = error_of(REDIS_URL=socket, **settings)
    assert message.startswith("REDIS_SSL (or ssl in REDIS_URL) cannot be combined with")


@pytest.mark.parametrize("rest", ["", "+sentinel", "+cluster"])
@pytest.mark.parametrize("scheme", ["rediss", "valkeys"])
def test_tls_that_is_said_twice(scheme, rest):
    url = f"{scheme}{rest}://there" + "/shop" * (rest == "+sentinel")
    for word in ("true", "yes", "1", "True"):
        Redis(make_app(REDIS_URL=f"{url}?ssl={word}"))
    for word in ("false", "no", "0"):
        message = error_of(REDIS_URL=f"{url}?ssl={word}")
        assert message == f"REDIS_URL: with rediss{rest}://, ssl must be true."
    assert error_of(REDIS_URL=f"{url}?ssl=maybe").startswith("REDIS_URL: with rediss")


def test_settings_for_sentinel_beside_another_url_do_nothing(server):
    settings = {"REDIS_ROLE": "replica", "REDIS_SENTINEL_PASSWORD": "secret"}
    app = make_app(REDIS_URL=server.tcp_url(), **settings, REDIS_SENTINELS="one:1")
    assert Redis(app, min_other_sentinels=1).ping()


# Words of others.


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *((word, word.lower()) for word in ("none", "Optional", "REQUIRED")),
        ("CERT_NONE", "none"),
        ("cert_optional", "optional"),
        ("Cert_Required", "required"),
        *((mode, mode) for mode in ssl.VerifyMode),
        (0, ssl.CERT_NONE),
    ],
)
def test_ssl_cert_reqs(written, meant):
    app = make_app(REDIS_SSL=True, REDIS_SSL_CERT_REQS=written)
    found = arguments(Redis(app))
    assert found["ssl_cert_reqs"] == meant
    assert found["ssl_check_hostname"] is (meant not in ("none", ssl.CERT_NONE))


@pytest.mark.parametrize("value", ["CERT", "cert_", True, False, 3, -1, "2", 0.5])
def test_ssl_cert_reqs_that_is_not_one(value):
    message = error_of(REDIS_SSL_CERT_REQS=value)
    assert message == "REDIS_SSL_CERT_REQS must be none, optional or required."


class Versioned(Kept):
    """Has the parameter with every redis-py."""

    def __init__(self, ssl_min_version=None, **kwargs):
        super().__init__(**kwargs)
        self.version = ssl_min_version


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *((word, "TLSv1_2") for word in ("TLSv1.2", "TLSv1_2", "1.2", "tls1.2", 1.2)),
        *((word, "TLSv1_3") for word in ("TLSv1.3", "TLSV1_3", "1.3", 1.3, "772", 772)),
        ("TLSv1.1", "TLSv1_1"),
        (ssl.TLSVersion.TLSv1_2, "TLSv1_2"),
        (771.0, "TLSv1_2"),
    ],
)
def test_ssl_min_version(written, meant):
    app = make_app(REDIS_CLASS=Versioned, REDIS_SSL_MIN_VERSION=written)
    assert Redis(app).connection.version == ssl.TLSVersion[meant]


@pytest.mark.parametrize("value", [5, "5", "TLS", "1.4", "1.0.2", "2", True, 1, "v3"])
def test_ssl_min_version_that_is_not_one(value):
    message = error_of(REDIS_CLASS=Versioned, REDIS_SSL_MIN_VERSION=value)
    assert (
        message == "REDIS_SSL_MIN_VERSION must be an ssl.TLSVersion, such as TLSv1.2."
    )


@pytest.mark.parametrize("scheme", ["valkey", "REDIS", "Redis", "VALKEY"])
def test_schemes_of_one_server(scheme, server):
    redis = Redis(make_app(REDIS_URL=f"{scheme}://127.0.0.1:{server.port}/3"))
    redis.set("key", "value")
    assert server.keys() == {(3, "key")}


@pytest.mark.parametrize("scheme", ["valkeys", "REDISS", "ValkeyS"])
def test_schemes_with_tls(scheme):
    pool = Redis(make_app(REDIS_URL=f"{scheme}://there")).connection_pool
    assert pool.connection_class is redis_py.SSLConnection


@pytest.mark.parametrize("scheme", ["valkey", "VALKEYS", "Rediss"])
def test_schemes_of_sentinel_and_cluster(scheme):
    pool = Redis(
        make_app(REDIS_URL=f"{scheme}+sentinel://one,two/shop")
    ).connection_pool
    assert pool.service_name == "shop"
    cluster = Redis(make_app(REDIS_URL=f"{scheme}+Cluster://one,two"))
    assert isinstance(cluster, redis_py.RedisCluster)


def test_unix_scheme_in_any_case(server):
    assert Redis(make_app(REDIS_URL=f"UNIX://{server.socket}")).ping()


SENTINEL = "redis+sentinel://a:26379,b:26379/service"
CLUSTER = "redis+cluster://host:6379,host:6379"
UNIX = "unix:///run/redis.sock?db=0"
ONE = "redis://user:password@host:6379/0"


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("redis-sentinel://one:26379/shop", SENTINEL),
        ("sentinel://one:26379/shop", SENTINEL),
        ("redis+sentinels://one", SENTINEL),
        ("redis-cluster://one:7000", CLUSTER),
        ("rediscluster://one:7000", CLUSTER),
        ("cluster://one:7000", CLUSTER),
        ("redis+socket:///run/redis.sock", UNIX),
        ("redis+unix:///run/redis.sock", UNIX),
        ("socket:///run/redis.sock", UNIX),
        ("unix:/run/redis.sock", UNIX),
        (
            f"shop.redis.cache.windows.net:6380,password={SECRET},ssl=True",
            "rediss://user",
        ),
        ("localhost:6379", ONE),
        ("localhost", ONE),
        (SECRET, ONE),
        (f":{SECRET}@there", ONE),
        ("tcp://there:6379", ONE),
        ("redis:there", ONE),
        ("memcached://there", ONE),
        ("redis.default.svc.cluster.local:6379", ONE),
        ("my-sentinel-host:26379", ONE),
        ("myunixhost:6379/0", ONE),
        ("file:///run/redis.sock", UNIX),
        ("rediss-sentinel://there", SENTINEL.replace("redis", "rediss", 1)),
        ("rediss-cluster://there", CLUSTER.replace("redis", "rediss", 1)),
        ("redis+tls://there", "rediss://user"),
        ("tls://there", "rediss://user"),
        (f"there:6380, password={SECRET}, ssl=True", "rediss://user"),
    ],
)
def test_unknown_scheme_names_the_form_that_is_meant(url, meant):
    message = error_of(REDIS_URL=url)
    assert message.startswith(
        "REDIS_URL: the scheme must be one of redis, rediss, unix,"
    )
    assert f", as in {meant}" in message


@pytest.mark.parametrize("value", ["utf-88", "ignor", 8, True, SECRET])
def test_error_handler_that_is_not_one(value):
    for name in ("ENCODING_ERRORS", "ERRORS"):
        message = error_of(**{f"REDIS_{name}": value})
        assert message == f"REDIS_{name} must be a codec error handler."


# Retries.


def attempts(redis, refusing):
    """How many connections a command tries to use.

    With a name, each release of redis-py finds out while it connects.
    """
    before = refusing.connections
    with pytest.raises((redis_py.ConnectionError, RedisClusterException)):
        redis.get("key")
    return refusing.connections - before


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr("redis.retry.sleep", lambda seconds: None)


@pytest.fixture
def refusing():
    with Refusing() as refusing:
        yield refusing


@pytest.mark.parametrize("number", [0, 1, 3])
@pytest.mark.parametrize("written", [int, str, " {}\n".format])
def test_number_of_retries(number, written, refusing):
    address = {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": refusing.port}
    redis = Redis(
        make_app(**address, REDIS_RETRY=written(number), REDIS_CLIENT_NAME="x")
    )
    assert count(redis.connection.get_retry()) == number
    # What is tried again differs among the releases of redis-py.
    bare = redis_py.Redis(
        port=refusing.port,
        client_name="x",
        retry=Retry(ConstantBackoff(0), number),
        retry_on_error=[redis_py.ConnectionError, redis_py.TimeoutError],
    )
    assert attempts(redis, refusing) == attempts(bare, refusing)
    retry = Redis(make_app(), retry=number).connection.get_retry()
    assert count(retry) == number
    url = make_app(REDIS_URL=f"redis://127.0.0.1:{refusing.port}?retry={number}")
    assert count(Redis(url).connection.get_retry()) == number


def count(retry):
    """How often it tries again, which it does not tell in every release."""
    calls = []

    def fail():
        calls.append(1)
        raise redis_py.ConnectionError

    with pytest.raises(redis_py.ConnectionError):
        retry.call_with_retry(fail, lambda error: None)
    return len(calls) - 1


def test_retries_have_the_backoff_of_redis_pys_default():
    default = PARAMETERS["retry"].default
    retry = Redis(make_app(REDIS_RETRY=2)).connection.get_retry()
    backoff = vars(retry)["_backoff"]
    if default is None:
        assert vars(backoff) == vars(ExponentialBackoff())
    else:
        assert vars(backoff) == vars(vars(default)["_backoff"])
        assert vars(default)["_retries"] != 2


def test_retries_with_a_redis_py_that_has_no_default(monkeypatch):
    """As in redis-py 5 and earlier, which repeat commands only if they are told to."""
    monkeypatch.setattr(flask_redis, "_DEFAULT_RETRY", None)
    found = kept(REDIS_RETRY="2")
    assert found["retry_on_error"] == [redis_py.ConnectionError, redis_py.TimeoutError]
    assert vars(vars(found["retry"])["_backoff"]) == vars(ExponentialBackoff())
    assert count(found["retry"]) == 2
    assert "retry_on_error" in kept(REDIS_RETRY=Retry(ConstantBackoff(0), 3))
    assert "retry_on_error" not in kept({"retry": None})
    errors = [redis_py.BusyLoadingError]
    assert kept({"retry_on_error": errors}, REDIS_RETRY=2)["retry_on_error"] is errors
    assert "retry_on_error" not in kept()


def test_retry_object_is_passed_on():
    retry = Retry(ConstantBackoff(0.1), 4)
    assert kept(REDIS_RETRY=retry)["retry"] is retry


def test_lost_command_is_sent_again(server):
    """With releases of redis-py that only repeat the connecting by default, too."""
    redis = Redis(make_app(**server.settings, REDIS_RETRY=2), client_name="lost")
    redis.set("key", "value")
    with server.client() as client:
        (ours,) = (each for each in client.client_list() if each["name"] == "lost")
        client.client_kill_filter(_id=ours["id"])
    assert redis.get("key") == b"value"


# Two ways to log in.


class Provider(redis_py.CredentialProvider):
    def get_credentials(self):
        return "ann", "pass"


@pytest.mark.parametrize(
    ("setting", "value", "name"),
    [
        ("REDIS_PASSWORD", SECRET, "PASSWORD"),
        ("REDIS_USERNAME", "ann", "USERNAME"),
        ("REDIS_USER", "ann", "USERNAME"),
        ("REDIS_URL", f"redis://:{SECRET}@there", "PASSWORD"),
        ("REDIS_URL", "redis://ann@there", "USERNAME"),
        ("REDIS_URL", f"redis+sentinel://:{SECRET}@there/shop", "PASSWORD"),
        ("REDIS_URL", f"redis+cluster://:{SECRET}@there", "PASSWORD"),
        ("REDIS_URL", f"redis://there?password={SECRET}", "PASSWORD"),
    ],
)
def test_credential_provider_beside_credentials(setting, value, name):
    for options, settings in (
        ({"credential_provider": Provider()}, {}),
        ({}, {"REDIS_CREDENTIAL_PROVIDER": Provider()}),
    ):
        assert error_of(options, **{setting: value}, **settings) == (
            f"REDIS_{name} (or {name.lower()} in REDIS_URL) cannot be combined with "
            "a credential_provider."
        )


def test_credential_provider_beside_variables_that_are_not_set():
    app = make_app(REDIS_PASSWORD="", REDIS_USERNAME=None, REDIS_URL="redis://there")
    assert Redis(app, credential_provider=Provider()).connection


# Asynchronous clients.


class Own(redis_asyncio.Redis):
    pass


@pytest.mark.parametrize(
    "client",
    [
        "redis.asyncio.Redis",
        "redis.asyncio.RedisCluster",
        "redis.asyncio.StrictRedis",
        fakeredis.aioredis.FakeRedis,
        Own,
    ],
)
def test_asynchronous_class_is_an_error(client):
    message = error_of(REDIS_CLASS=client)
    assert message.startswith("REDIS_CLASS must be a class or its path, like")
    assert "not be asynchronous: see 'Async views'" in message


def test_asynchronous_objects_are_errors():
    pool = redis_asyncio.ConnectionPool()
    assert error_of(REDIS_CONNECTION_POOL=pool).startswith("REDIS_CONNECTION_POOL must")
    retry = redis_asyncio.retry.Retry(ConstantBackoff(1), 1)
    assert error_of(REDIS_RETRY=retry).startswith("REDIS_RETRY must be")
    pool_class = "redis.asyncio.BlockingConnectionPool"
    assert error_of(REDIS_CONNECTION_POOL_CLASS=pool_class)


# TLS without verification.


@pytest.mark.parametrize("none", ["none", "CERT_NONE", ssl.CERT_NONE, 0])
def test_host_name_without_a_certificate_is_an_error(none):
    message = error_of(
        REDIS_URL="rediss://there",
        REDIS_SSL_CERT_REQS=none,
        REDIS_SSL_CHECK_HOSTNAME="true",
    )
    assert message == (
        "REDIS_SSL_CHECK_HOSTNAME (or ssl_check_hostname in REDIS_URL) needs "
        "verified TLS."
    )


@pytest.mark.parametrize(
    ("of_servers", "of_sentinels", "checked"),
    [
        ({}, {}, True),
        ({"REDIS_SSL_CERT_REQS": "none"}, {}, False),
        ({}, {"ssl_cert_reqs": "none"}, False),
        ({"REDIS_SSL_CERT_REQS": "none"}, {"ssl_cert_reqs": "required"}, True),
        ({}, {"ssl_check_hostname": False}, False),
        ({"REDIS_SSL_CHECK_HOSTNAME": "no"}, {}, False),
        ({"REDIS_SSL_CHECK_HOSTNAME": "no"}, {"ssl_cert_reqs": "required"}, False),
    ],
)
def test_host_names_of_sentinels_are_checked_with_their_certificates(
    of_servers, of_sentinels, checked
):
    app = make_app(
        REDIS_URL="rediss+sentinel://there/shop",
        REDIS_SENTINEL_KWARGS=of_sentinels,
        **of_servers,
    )
    (sentinel,) = Redis(app).connection_pool.sentinel_manager.sentinels
    assert arguments(sentinel)["ssl_check_hostname"] is checked


@pytest.mark.parametrize(("mode", "checked"), [("required", True), ("none", False)])
def test_host_names_of_sentinels_with_tls_for_them_alone(mode, checked):
    app = make_app(
        REDIS_URL="redis+sentinel://there/shop",
        REDIS_SENTINEL_KWARGS={"ssl": True},
        REDIS_SSL_CERT_REQS=mode,
    )
    (sentinel,) = Redis(app).connection_pool.sentinel_manager.sentinels
    assert arguments(sentinel)["ssl_check_hostname"] is checked


# Sentinels that are down.


@pytest.mark.parametrize("role", ["primary", "replica"])
@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_retries_of_the_client_do_not_multiply_with_those_of_sentinels(
    scheme, role, refusing
):
    url = f"{scheme}+sentinel://127.0.0.1:{refusing.port}/shop?role={role}&retry=2"
    # To find a replica, redis-py asks for the replicas and then for the primary.
    times = {"primary": 1, "replica": 2}[role]
    app = make_app(REDIS_URL=url, REDIS_SENTINEL_KWARGS={"client_name": "x"})
    assert attempts(Redis(app), refusing) == 3 * times


def test_sentinels_retry_only_if_they_are_told_to():
    url = "redis+sentinel://there/shop?retry=2"
    for kwargs, number in ({}, 0), ({"retry": Retry(ConstantBackoff(0), 4)}, 4):
        app = make_app(REDIS_URL=url, REDIS_SENTINEL_KWARGS=kwargs)
        pool = Redis(app).connection_pool
        (sentinel,) = pool.sentinel_manager.sentinels
        assert count(arguments(sentinel)["retry"]) == number
        assert count(pool.connection_kwargs["retry"]) == 2
