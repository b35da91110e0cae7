"""The tables of the settings and of their errors are true of the installed redis-py."""

import ast
import inspect
import re
from pathlib import Path

import pytest
import redis as redis_py
from servers import make_app

from flask_redis import Redis

PAGE = Path(__file__).with_name("configuration.rst").read_text()

#: What the extension itself reads.
OWN = set(
    "url class sentinels service_name role sentinel_username sentinel_password"
    " sentinel_kwargs min_other_sentinels connection_pool_class"
    " connection_pool_timeout".split()
)
BAD = {
    "addresses": "one:x",
    "boolean": "maybe",
    "choice": "maybe",
    "class": "redis.from_url",
    "dictionary": "x",
    "object": "text",
    "port": "0",
    "retries": "-1",
    "seconds": "soon",
    "integer": "x",
}
WITH = {
    "alone": {},
    "with a cluster": {"REDIS_URL": "redis+cluster://one"},
    "with sentinels": {"REDIS_URL": "redis+sentinel://one/shop"},
    "with a Unix socket": {"REDIS_URL": "unix:///run/redis.sock"},
    "without certificates": {"REDIS_SSL_CERT_REQS": "none"},
    "with a credential provider": {
        "REDIS_CREDENTIAL_PROVIDER": redis_py.UsernamePasswordCredentialProvider("ann")
    },
}


def rows(cells):
    """The rows of the tables with so many cells, each cell on one line."""
    for row in re.findall(r"^   \* - (.*\n(?:     .*\n)*)", PAGE, re.MULTILINE):
        found = [" ".join(cell.split()) for cell in re.split(r"\n     - ", row)]
        if len(found) == cells:
            yield found


SETTINGS = {
    re.sub(r":data:|`", "", setting).removeprefix("REDIS_").lower(): (kind, default)
    for setting, kind, default in rows(3)
    if setting != "Setting"
}
PARAMETERS = {
    name: each.default
    for of in (redis_py.RedisCluster, redis_py.StrictRedis)
    for name, each in inspect.signature(of).parameters.items()
    if name not in {"kwargs", "url"}
}
ERRORS = [
    pytest.param(*re.fullmatch(r"``(\w+) = (.*)`` ?(.*)", setting).groups(), message)
    for setting, message in rows(2)
    if " = " in setting
]


def test_all_settings_are_there():
    assert SETTINGS.keys() == PARAMETERS.keys() | OWN


def test_each_linked_setting_has_one_entry():
    entries = re.findall(r"^(?:\.\. data::| {9}) (REDIS_\w+)$", PAGE, re.MULTILINE)
    assert len(entries) > 30
    assert entries == re.findall(r"^   \* - :data:`(\w+)`$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("name", SETTINGS.keys() - OWN)
def test_default_is_that_of_redis_py(name):
    _, default = SETTINGS[name]
    if default.startswith("``"):
        assert ast.literal_eval(default.strip("`")) == PARAMETERS[name]
    else:
        assert not isinstance(PARAMETERS[name], (bool, float, int, str, type(None)))


@pytest.mark.parametrize("name", [n for n in SETTINGS if SETTINGS[n][0] in BAD])
def test_type_is_what_the_setting_takes(name):
    kind, _ = SETTINGS[name]
    is_clusters = name not in inspect.signature(redis_py.StrictRedis).parameters
    url = "redis+cluster://one" if is_clusters else "redis://one"
    app = make_app(**{"REDIS_URL": url, f"REDIS_{name.upper()}": BAD[kind]})
    with pytest.raises((ValueError, TypeError), match=f"REDIS_{name.upper()}"):
        Redis(app)


@pytest.mark.parametrize(("setting", "value", "beside", "message"), ERRORS)
def test_error_is_the_one_shown(setting, value, beside, message):
    settings = {**WITH[beside or "alone"], setting: ast.literal_eval(value)}
    with pytest.raises((ValueError, TypeError, ImportError)) as raised:
        Redis(make_app(**settings))
    assert str(raised.value) == message
