"""Settings that arrive as text, or as JSON read from the environment."""

import inspect
import json
import ssl

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from servers import arguments, make_app

from flask_redis import Redis

SECONDS = {
    "socket_timeout",
    "socket_connect_timeout",
    "health_check_interval",
    "own_ratio",
}


def redis_with(**settings):
    return Redis(make_app(**{f"REDIS_{n.upper()}": v for n, v in settings.items()}))


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("port", "6380", 6380),
        ("port", " 6380\n", 6380),
        ("db", "1", 1),
        ("socket_timeout", "0.5", 0.5),
        ("socket_timeout", "2", 2),
        ("socket_connect_timeout", "1e1", 10),
        ("health_check_interval", "30", 30),
        ("decode_responses", "true", True),
        ("socket_keepalive", "off", False),
        ("decode_responses", " True\n", True),
        ("socket_keepalive", "on", True),
        ("encoding", "latin-1", "latin-1"),
        ("encoding_errors", "replace", "replace"),
        ("client_name", "web", "web"),
        ("client_name", 7, "7"),
        ("username", "ann", "ann"),
        ("password", "1.5", "1.5"),
        ("password", "true", "true"),
        ("password", b"bytes", b"bytes"),
        # Numbers and booleans as from_prefixed_env() reads them.
        ("username", 12345, "12345"),
        ("password", 12345, "12345"),
        ("password", -1, "-1"),
        ("db", 1, 1),
        ("socket_timeout", 5, 5),
        ("decode_responses", 1, True),
        ("decode_responses", True, True),
    ],
)
def test_becomes_what_the_parameter_takes(name, text, value):
    found = arguments(redis_with(**{name: text}))[name]
    assert found == value
    assert type(found) is (float if name in SECONDS else type(value))


class Taker:
    """Has parameters of redis-py's, whatever release that is, and some of its own."""

    def __init__(
        self,
        protocol=None,
        max_connections=None,
        socket_keepalive=None,
        socket_read_size=1,
        socket_connect_timeout=None,
        health_check_interval=None,
        ssl_min_version=None,
        own_text="",
        own_number=1,
        own_ratio=0.5,
        own_switch=False,
        own_anything=None,
    ):
        self.taken = locals()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("protocol", "2", 2),
        ("max_connections", "1", 1),
        ("socket_keepalive", "yes", True),
        ("socket_connect_timeout", "1.5", 1.5),
        ("health_check_interval", "0", 0),
        ("ssl_min_version", "771", 771),
        ("ssl_min_version", ssl.TLSVersion.TLSv1_2, 771),
        ("own_text", 12345, "12345"),
        ("own_number", "12345678901234567890", 12345678901234567890),
        ("own_number", "-20", -20),
        ("own_ratio", "2", 2),
        ("own_switch", "ON", True),
        ("own_anything", "text", "text"),
        ("own_anything", 1.5, 1.5),
    ],
)
def test_by_the_name_of_the_parameter_or_the_type_of_its_default(name, text, value):
    redis = redis_with(**{"class": Taker, name: text})
    taken = redis.connection.taken[name]
    assert taken == value
    assert type(taken) is (float if name in SECONDS else type(value))
    default = inspect.signature(Taker).parameters[name].default
    for unset in (None, ""):
        redis = redis_with(**{"class": Taker, name: unset})
        no_limit = unset is None and name.endswith("_timeout")
        assert redis.connection.taken[name] == (None if no_limit else default)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("protocol", "1"),
        ("max_connections", "0"),
        ("socket_keepalive", "maybe"),
        ("socket_read_size", "0"),
        ("socket_connect_timeout", "-1"),
        ("health_check_interval", "-1"),
        ("ssl_min_version", "TLS"),
        ("own_text", 1.5),
        ("own_number", "many"),
        ("own_number", "0.5"),
        ("protocol", "4"),
        ("own_number", True),
        ("own_ratio", "inf"),
        ("own_switch", 2),
    ],
)
def test_what_a_parameter_does_not_take(name, value):
    with pytest.raises(ValueError, match=f"^REDIS_{name.upper()} must be"):
        redis_with(**{"class": Taker, name: value})


def test_max_connections_and_ssl():
    assert redis_with(max_connections="20").connection_pool.max_connections == 20
    redis = redis_with(ssl="true", ssl_check_hostname="no", ssl_password=12345)
    assert arguments(redis)["ssl_check_hostname"] is False
    assert arguments(redis)["ssl_password"] == "12345"


@pytest.mark.parametrize("mode", ["none", "optional", "required", ssl.CERT_NONE])
def test_ssl_cert_reqs(mode):
    assert arguments(redis_with(ssl=True, ssl_cert_reqs=mode))["ssl_cert_reqs"] == mode


@given(
    text=st.sampled_from(["true", "yes", "on", "1", "false", "no", "off", "0"]).flatmap(
        lambda word: st.tuples(
            *(st.sampled_from((letter.upper(), letter)) for letter in word)
        ).map("".join)
    )
)
def test_booleans_in_any_case(text):
    value = text.lower() in ("true", "yes", "on", "1")
    assert arguments(redis_with(decode_responses=text))["decode_responses"] is value


@given(text=st.text() | st.floats() | st.integers().filter(lambda n: n not in (0, 1)))
@example("2")
@example("none")
@example(1.0)
@example("y")
def test_anything_else_is_no_boolean(text):
    words = {"true", "yes", "on", "1", "false", "no", "off", "0", ""}
    if str(text).strip().lower() not in words:
        with pytest.raises(
            ValueError, match=r"^REDIS_DECODE_RESPONSES must be true or"
        ):
            redis_with(decode_responses=text)


@given(port=st.integers(1, 65535), db=st.integers(0, 2**31))
def test_numbers_as_text_are_the_numbers(port, db):
    found = arguments(redis_with(port=str(port), db=str(db)))
    assert (found["port"], found["db"]) == (port, db)


@given(
    name=st.sampled_from(["username", "password"]),
    text=st.text() | st.integers().map(str),
)
@example("password", "007")
@example("password", "null")
@example("password", "1e5")
@example("password", "\r:\n")
def test_credentials_survive_the_environment_or_are_refused(name, text):
    """As from_prefixed_env() does it: what reads as JSON is no text any more."""
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    if value is None or (isinstance(value, (str, int)) and not isinstance(value, bool)):
        kept = "" if value is None else str(value)
        kept = kept.rstrip("\r\n") if name == "password" else kept.strip()
        assert arguments(redis_with(**{name: value}))[name] == (kept or None)
    else:
        with pytest.raises(ValueError, match="quote values like"):
            redis_with(**{name: value})


def test_from_prefixed_env(server, monkeypatch):
    with server.client() as client:
        client.acl_setuser(
            "777", enabled=True, passwords=["+12345"], categories=["+@all"], keys="*"
        )
    environment = {
        "HOST": "127.0.0.1",
        "PORT": str(server.port),
        "DB": "3",
        "USERNAME": "777",
        "PASSWORD": "12345",
        "DECODE_RESPONSES": "true",
        "SOCKET_TIMEOUT": "2.5",
        "MAX_CONNECTIONS": "4",
        "HEALTH_CHECK_INTERVAL": "null",
    }
    for name, value in environment.items():
        monkeypatch.setenv(f"FLASK_REDIS_{name}", value)
    app = make_app()
    app.config.from_prefixed_env()
    redis = Redis(app)
    redis.set("key", "value")
    assert redis.get("key") == "value"
    assert redis.acl_whoami() == "777"
    assert server.keys() == {(3, "key")}
    assert arguments(redis)["health_check_interval"] == 0


@pytest.mark.parametrize("value", ['"1.5"', '"true"', "p@ss", "01234"])
def test_password_that_is_quoted_in_the_environment(value, monkeypatch):
    monkeypatch.setenv("FLASK_REDIS_PASSWORD", value)
    app = make_app()
    app.config.from_prefixed_env()
    assert arguments(Redis(app))["password"] == value.strip('"')
