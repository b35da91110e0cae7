"""REDIS_URL: one setting that says where the database is."""

import ipaddress
import os
import socket
import ssl
from urllib.parse import quote, urlencode

import pytest
import redis as redis_py
from hypothesis import given
from hypothesis import strategies as st
from servers import NO_RETRY, arguments, free_port, make_app

from flask_redis import Redis

CREDENTIALS = {"username": "an n", "password": "p@s:s/w?o#r%d[&]é"}


def from_url(url, **settings):
    return Redis(make_app(REDIS_URL=url, **settings))


def address(redis):
    found = arguments(redis)
    return tuple(found[name] for name in ("host", "port", "db"))


@pytest.fixture
def ann(server):
    """A user of the server whose name and password need percent-encoding."""
    with server.client() as client:
        client.acl_setuser(
            "ann/@",
            enabled=True,
            passwords=["+" + CREDENTIALS["password"]],
            categories=["+@all"],
            keys="*",
        )
    yield quote("ann/@", safe=""), quote(CREDENTIALS["password"], safe="")
    with server.client() as client:
        client.acl_deluser("ann/@")


def test_tcp(server):
    redis = from_url(f"redis://127.0.0.1:{server.port}/5")
    redis.set("key", "value")
    assert server.keys() == {(5, "key")}


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(
    not has_ipv6() and not os.environ.get("CI"), reason="this machine has no IPv6"
)
def test_ipv6(server):
    redis = from_url(f"redis://[::1]:{server.port}/5")
    redis.set("key", "value")
    assert server.keys() == {(5, "key")}


def test_unix_socket(server):
    redis = from_url(f"unix://{server.socket}?db=5")
    redis.set("key", "value")
    assert server.keys() == {(5, "key")}


def test_credentials_at_work(server, ann):
    user, password = ann
    for url in (
        f"redis://{user}:{password}@127.0.0.1:{server.port}",
        f"unix://{user}:{password}@{server.socket}",
        f"unix://{server.socket}?username={user}&password={password}",
    ):
        assert from_url(url, REDIS_DECODE_RESPONSES=True).acl_whoami() == "ann/@"
        with pytest.raises(redis_py.AuthenticationError):
            from_url(url.replace(password, "wrong"), REDIS_RETRY=NO_RETRY).ping()


def test_tls():
    redis = from_url("rediss://there:6380/1", REDIS_SSL=False)
    assert redis.connection_pool.connection_class is redis_py.SSLConnection
    assert address(redis) == ("there", 6380, 1)


def test_tls_verifies_the_certificate_and_the_host_name():
    found = arguments(from_url("rediss://there"))
    assert found["ssl_cert_reqs"] in ("required", ssl.CERT_REQUIRED)
    assert found["ssl_check_hostname"] is True


@pytest.mark.parametrize("mode", ["none", ssl.CERT_NONE])
def test_no_host_name_check_without_a_certificate_check(mode):
    redis = from_url("rediss://there", REDIS_SSL_CERT_REQS=mode)
    assert arguments(redis)["ssl_check_hostname"] is False


def test_host_name_check_can_be_turned_off():
    redis = from_url("rediss://there?ssl_check_hostname=no")
    assert arguments(redis)["ssl_check_hostname"] is False


def test_ssl_setting_beside_a_url_without_tls():
    redis = from_url("redis://there", REDIS_SSL="true")
    assert redis.connection_pool.connection_class is redis_py.SSLConnection


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://", ("localhost", 6379, 0)),
        ("redis:///3", ("localhost", 6379, 3)),
        ("redis://:6380", ("localhost", 6380, 0)),
        ("redis://there", ("there", 6379, 0)),
        ("redis://there/", ("there", 6379, 0)),
        ("redis://there:1/12", ("there", 1, 12)),
        ("redis://there:65535/12/", ("there", 65535, 12)),
        ("redis://there?db=4", ("there", 6379, 4)),
        ("redis://there/3?db=4", ("there", 6379, 4)),
        ("redis://there/?", ("there", 6379, 0)),
        ("redis://[fe80::1%25eth0]:1/2", ("fe80::1%eth0", 1, 2)),
    ],
)
def test_owns_the_address(url, expected, server):
    redis = from_url(
        url,
        REDIS_HOST="elsewhere",
        REDIS_PORT=1234,
        REDIS_DB=9,
        REDIS_UNIX_SOCKET_PATH=str(server.socket),
        REDIS_CONNECTION_POOL=redis_py.ConnectionPool(host="elsewhere"),
    )
    assert address(redis) == expected


@pytest.mark.parametrize("host", ["elsewhere", "/nowhere"])
def test_unix_socket_owns_the_address(host, server):
    redis = from_url(f"unix://{server.socket}", REDIS_HOST=host, REDIS_DB=9)
    redis.set("key", "value")
    assert server.keys() == {(0, "key")}


def test_settings_fill_in_what_the_url_does_not_carry(server, ann):
    app = make_app(
        REDIS_URL=f"redis://127.0.0.1:{server.port}/2",
        REDIS_USERNAME="ann/@",
        REDIS_PASSWORD=CREDENTIALS["password"],
        REDIS_DECODE_RESPONSES="true",
    )
    redis = Redis(app)
    assert redis.acl_whoami() == "ann/@"


def test_settings_do_not_replace_what_the_url_carries():
    redis = from_url(
        "redis://user:of-url@there?client_name=of-url",
        REDIS_USER="of-setting",
        REDIS_USERNAME="of-setting",
        REDIS_PASSWORD="of-setting",
        REDIS_CLIENT_NAME="of-setting",
    )
    found = arguments(redis)
    assert found["username"] == "user"
    assert found["password"] == found["client_name"] == "of-url"


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("socket_timeout=0.5", 0.5),
        ("socket_keepalive=no", False),
        ("decode_responses=True", True),
        ("health_check_interval=30", 30),
        ("client_name=a%20b%2520", "a b%20"),
        ("encoding=latin-1", "latin-1"),
        ("client_name=first&client_name=second", "first"),
    ],
)
def test_options_become_what_the_parameter_takes(option, value):
    name = option.partition("=")[0]
    assert arguments(from_url(f"redis://there?{option}"))[name] == value


def test_max_connections():
    redis = from_url("redis://there?max_connections=7")
    assert redis.connection_pool.max_connections == 7


def test_fakeredis():
    redis = from_url("redis://there:1/5", REDIS_CLASS="fakeredis.FakeRedis")
    redis.set("key", "value")
    assert redis.get("key") == b"value"
    assert address(redis) == ("there", 1, 5)


def test_own_settings_of_a_subclass_as_options():
    class Client(redis_py.StrictRedis):
        def __init__(self, foo="bar", **kwargs):
            self.foo = foo
            super().__init__(**kwargs)

    assert from_url("redis://there?foo=url", REDIS_CLASS=Client).connection.foo == "url"


@pytest.mark.parametrize("unset", [None, ""])
def test_unset(unset, app, server):
    app.config.update(REDIS_URL=unset, REDIS_DB=3)
    Redis(app).set("key", "value")
    assert server.keys() == {(3, "key")}
    assert app.config["REDIS_URL"] == unset


def test_is_written_back():
    app = make_app(REDIS_URL="redis://us%20er:p%40ss@there:6380/2?client_name=web")
    Redis(app)
    assert {k: v for k, v in app.config.items() if k.startswith("REDIS_")} == {
        "REDIS_URL": "redis://us%20er:p%40ss@there:6380/2?client_name=web",
        "REDIS_HOST": "there",
        "REDIS_PORT": 6380,
        "REDIS_DB": 2,
        "REDIS_USERNAME": "us er",
        "REDIS_PASSWORD": "p@ss",
    }


def test_defaults_are_written_back_and_other_credentials_are_kept():
    app = make_app(CACHE_URL="redis://there", CACHE_PORT=1, CACHE_PASSWORD="pass")
    Redis(app, "CACHE")
    assert {k: v for k, v in app.config.items() if k.startswith("CACHE_")} == {
        "CACHE_URL": "redis://there",
        "CACHE_HOST": "there",
        "CACHE_PORT": 6379,
        "CACHE_DB": 0,
        "CACHE_PASSWORD": "pass",
    }


def test_unix_socket_is_written_back():
    app = make_app(REDIS_URL="unix://:pass@/run/a%20b.sock?db=2", REDIS_HOST="there")
    Redis(app)
    assert {k: v for k, v in app.config.items() if k.startswith("REDIS_")} == {
        "REDIS_URL": "unix://:pass@/run/a%20b.sock?db=2",
        "REDIS_HOST": "there",
        "REDIS_UNIX_SOCKET_PATH": "/run/a b.sock",
        "REDIS_DB": 2,
        "REDIS_PASSWORD": "pass",
    }


def test_nothing_is_written_back_when_the_client_cannot_be_made():
    app = make_app(
        REDIS_URL=f"redis://127.0.0.1:{free_port()}/2",
        REDIS_SINGLE_CONNECTION_CLIENT=True,
        REDIS_RETRY=NO_RETRY,
    )
    before = dict(app.config)
    with pytest.raises(redis_py.ConnectionError):
        Redis(app)
    assert app.config == before


text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
hosts = st.one_of(
    st.from_regex(r"[a-z][a-z0-9]{0,9}(\.[a-z][a-z0-9]{0,9}){0,2}", fullmatch=True),
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(str),
)


@given(
    host=hosts,
    port=st.integers(1, 65535),
    db=st.integers(0, 2**31),
    username=st.none() | text,
    password=st.none() | text,
    client_name=st.none() | text,
    timeout=st.none() | st.floats(0.001, 1e9),
    decode=st.none() | st.booleans(),
)
def test_what_is_written_as_a_url_is_read_back(
    host, port, db, username, password, client_name, timeout, decode
):
    credentials = ""
    if username is not None:
        credentials += quote(username, safe="")
    if password is not None:
        credentials += ":" + quote(password, safe="")
    options = {
        "client_name": client_name,
        "socket_timeout": timeout,
        "decode_responses": decode,
    }
    given = {name: value for name, value in options.items() if value is not None}
    try:
        is_v6 = ipaddress.ip_address(host).version == 6
    except ValueError:
        is_v6 = False
    netloc = f"{credentials}@" * bool(credentials)
    netloc += f"[{host}]:{port}" if is_v6 else f"{host}:{port}"
    redis = from_url(f"redis://{netloc}/{db}?{urlencode(given)}")
    assert address(redis) == (host, port, db)
    found = arguments(redis)
    assert found["username"] == username
    assert found["password"] == password
    for name, value in given.items():
        assert found[name] == value
