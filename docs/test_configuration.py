"""The types and defaults of the settings are true, and so are the errors."""

import ast
import inspect
import re
from pathlib import Path

import pytest
import redis as redis_py
from servers import make_app

from flask_redis import Redis

DOCS = Path(__file__).parent
PAGE = (DOCS / "configuration.rst").read_text()
CATALOGUE = (
    (DOCS / "troubleshooting.rst")
    .read_text()
    .partition("\nConfiguration errors\n--------------------\n")[2]
)

#: What the extension itself reads.
OWN = set(
    "url class sentinels service_name role sentinel_username sentinel_password"
    " sentinel_kwargs min_other_sentinels connection_pool_class"
    " connection_pool_timeout".split()
)
#: By type, an invalid value and what its error names.
BAD = {
    "addresses": ("one:x", "host:port"),
    "boolean": ("maybe", "true or false"),
    "choice": ("maybe", "none, optional|primary or|a strategy"),
    "class": ("redis.from_url", "class"),
    "dict": ("x", "a dict"),
    "integer": ("x", "an integer"),
    "integer or Retry": ("-1", "an integer, 0 or more, or a redis.retry.Retry"),
    "object": ("text", "Python object|list or dict"),
    "seconds": ("soon", "seconds"),
}
#: Types for which no string is invalid everywhere.
OTHER_TYPES = {
    "string",
    "path",
    "host or path",
    "2 or 3",
    "version such as ``TLSv1.2``",
}
WITH = {
    "alone": {},
    "with a cluster": {"REDIS_URL": "redis+cluster://one"},
    "with sentinels": {"REDIS_URL": "redis+sentinel://one/shop"},
    "with another library": {"REDIS_CLASS": "valkey.Valkey"},
    "with the class of a single server": {"REDIS_CLASS": "redis.Redis"},
    "with a Unix socket": {"REDIS_URL": "unix:///run/redis.sock"},
    "without verification": {"REDIS_SSL_CERT_REQS": "none"},
    "with a credential provider": {
        "REDIS_CREDENTIAL_PROVIDER": redis_py.UsernamePasswordCredentialProvider("ann")
    },
}


#: Names, type and, unless it is an object, default of each entry.
ENTRIES = re.findall(
    r"^\.\. data:: (REDIS_\w+(?:\n {10}REDIS_\w+)*)\n"
    r"   :type: (.+)\n(?:   :value: (.+)\n)?\n",
    PAGE,
    re.MULTILINE,
)
ENTRY_NAMES = [name for names, _, _ in ENTRIES for name in names.split()]
#: The same of the settings that have no entry, of one line each.
OTHERS = re.findall(
    r"^- ``(REDIS_\w+)``: ([^,\n]+), (?:``([^`]+)``|[^`;\n]+)(?:; .+)?$",
    PAGE,
    re.MULTILINE,
)
SETTINGS = {
    name.removeprefix("REDIS_").lower(): (kind, default)
    for names, kind, default in ENTRIES + OTHERS
    for name in names.split()
}
PARAMETERS = {
    name: each.default
    for of in (redis_py.RedisCluster, redis_py.StrictRedis)
    for name, each in inspect.signature(of).parameters.items()
    if name not in {"kwargs", "url"}
}
#: Setting, value, what is set beside it, and the message.
ERRORS = [
    (*found[:3], " ".join(found[3].split()))
    for found in re.findall(
        r"^``(\w+) = (.+?)``(?: (.+))?\n((?:    .+\n)+)", CATALOGUE, re.MULTILINE
    )
]


def test_all_settings_are_there():
    assert SETTINGS.keys() == PARAMETERS.keys() | OWN


def test_each_setting_is_there_once():
    names = ENTRY_NAMES + [name for name, _, _ in OTHERS]
    assert len(names) == len(SETTINGS)


def test_overview_links_to_each_entry():
    overview, _, _ = PAGE.partition("\nPrecedence\n")
    assert len(ENTRY_NAMES) > 30
    assert re.findall(r":data:`(\w+)`", overview) == ENTRY_NAMES
    assert ENTRY_NAMES == re.findall(
        r"^(?:\.\. data::| {9}) (REDIS_\w+)$", PAGE, re.MULTILINE
    )


@pytest.mark.parametrize("name", SETTINGS.keys() - OWN)
def test_default_is_that_of_redis_py(name):
    _, default = SETTINGS[name]
    if default:
        assert ast.literal_eval(default) == PARAMETERS[name]
    else:
        assert not isinstance(PARAMETERS[name], (bool, float, int, str, type(None)))


def test_types_are_known():
    assert {kind for kind, _ in SETTINGS.values()} == BAD.keys() | OTHER_TYPES


@pytest.mark.parametrize("name", [n for n in SETTINGS if SETTINGS[n][0] in BAD])
def test_type_is_what_the_setting_takes(name):
    kind, _ = SETTINGS[name]
    is_clusters = name not in inspect.signature(redis_py.StrictRedis).parameters
    url = "redis+cluster://one" if is_clusters else "redis://one"
    setting, (value, named) = f"REDIS_{name.upper()}", BAD[kind]
    app = make_app(**{"REDIS_URL": url, setting: value})
    with pytest.raises(
        (ValueError, TypeError), match=f"^{setting} must be .*({named})"
    ):
        Redis(app)


def test_catalogue_is_read_to_its_end():
    assert len(ERRORS) > 45
    assert CATALOGUE.count("\n``REDIS_") == len(ERRORS)
    assert {setting for setting, _, _, _ in ERRORS} <= {
        f"REDIS_{name.upper()}" for name in SETTINGS
    }


@pytest.mark.parametrize(("setting", "value", "beside", "message"), ERRORS)
def test_error_is_the_one_shown(setting, value, beside, message):
    settings = {**WITH[beside or "alone"], setting: ast.literal_eval(value)}
    with pytest.raises((ValueError, TypeError, ImportError)) as raised:
        Redis(make_app(**settings))
    assert str(raised.value) == message
