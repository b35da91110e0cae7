"""Any settings at all lead to the client that they describe, or to an error.

The meaning is drawn first and then how it is written, both by the rules in the
documentation: no expectation here comes from the module. One value may be invalid. Then
the error must name it, and registering must work once it is fixed. ``MARK`` is in every
string, since each of them may be secret.
"""

import contextlib
import functools
import importlib.metadata
import inspect
import logging
import re
import signal
from collections import Counter
from typing import NamedTuple
from urllib.parse import quote, quote_plus

import pytest
import redis as redis_py
from hypothesis import given
from hypothesis import strategies as st
from servers import everything_said, make_app

from flask_redis import Redis

# Of redis-py, for parameters that it has and would rather not have.
pytestmark = pytest.mark.filterwarnings("ignore:Call to '__init__':DeprecationWarning")

MARK = "hunter2Zq9"
ABSENT = "absent"


class Kept(redis_py.RedisCluster):
    """Keeps what it was constructed with, and connects to nothing."""

    def __init__(self, **kwargs):
        self.kept = kwargs


class Kind(NamedTuple):
    """What a parameter takes: pairs of what is written and what it means. Then what it
    does not take."""

    right: st.SearchStrategy
    wrong: st.SearchStrategy


def written(meanings, *ways):
    def by(way):
        return meanings.map(lambda meant: (way(meant), meant))

    return st.one_of(map(by, ways))


def plain(*values):
    return st.sampled_from([(value, value) for value in values])


texts = st.text(max_size=3).map(lambda text: text.strip() + MARK)
nonsense = texts | st.sampled_from(
    ("\0", "\ud800", b"\xff", True, 1.5, float("nan"), 10**400, "9" * 5000)
)
collections = st.sampled_from(([MARK], {MARK: MARK}, [[]], {}))


def whole(least, most=None):
    inside = st.integers(least, most)
    outside = st.sampled_from((least - 1, -(2**70), *([most + 1] if most else [])))
    return Kind(
        written(inside, int, str, " {}\n".format),
        outside | outside.map(str) | nonsense | collections,
    )


def seconds(least):
    inside = st.floats(max(least, 1e-6), 1e9)
    outside = st.sampled_from((-1, "-1", "nan", "inf", float("inf"), "1m"))
    no_timeout = st.sampled_from((0, "0", "1e300")) if least else st.nothing()
    # That one is a number.
    others = nonsense.filter(lambda value: value != 1.5)
    return Kind(
        written(inside, float, str) | written(st.integers(1, 10**9), int, str),
        outside | no_timeout | others | collections,
    )


def one_of(*values, wrong):
    return Kind(plain(*values), st.sampled_from(wrong) | texts | collections)


def a_class(made, *paths, wrong):
    right = [(made, made), *((path, made) for path in paths)]
    return Kind(st.sampled_from(right), st.sampled_from(wrong) | texts | collections)


WORDS = {"true": True, "yes": True, "on": True, "1": True}
WORDS |= {"false": False, "no": False, "off": False, "0": False}
CASES = (str, str.upper, str.title, " {} ".format)
BOOLEAN = Kind(
    st.sampled_from(
        [
            *((way(word), meant) for word, meant in WORDS.items() for way in CASES),
            *((True, True), (False, False), (1, True), (0, False)),
        ]
    ),
    st.sampled_from((2, "2", "y", "maybe", b"true", 1.5)) | texts | collections,
)
TEXT = Kind(
    written(texts, str)
    | plain("1.5", "true", "\ud800", "\0", b"bytes")
    | st.integers().map(lambda number: (number, str(number))),
    st.sampled_from((True, 1.5, float("nan"))) | collections,
)
HOSTS = ("there", "10.0.0.1", "::1", "fe80::1", "a-b.example", "xn--4ca.example")
HOST = Kind(
    plain(*HOSTS, MARK),
    st.sampled_from(
        [
            *(f"redis://:{MARK}@there", f"run/{MARK}", "there/3", "there:6380"),
            *(f"ann:{MARK}@there", "a,b", "a b", "[there]", "[::1]:1", "::1]"),
        ]
    )
    | TEXT.wrong,
)
AS_IT_IS = Kind(written(texts, str), st.nothing())
PAIRS = st.lists(
    st.tuples(st.sampled_from((*HOSTS, MARK)), st.integers(1, 65535)),
    min_size=1,
    max_size=3,
)


def as_text(pairs):
    return ",".join(address(*pair) for pair in pairs)


def address(host, port=None):
    host = f"[{host}]" if ":" in host else host
    return host if port is None else f"{host}:{port}"


def nodes(default_port):
    by_default = PAIRS.map(lambda pairs: [(host, default_port) for host, _ in pairs])
    return Kind(
        written(
            PAIRS,
            *(list, as_text, lambda pairs: f" {as_text(pairs).replace(',', ' , ')}\n"),
            lambda pairs: [[host, str(port)] for host, port in pairs],
            lambda pairs: tuple(address(*pair) for pair in pairs),
        )
        | written(by_default, lambda pairs: ",".join(address(h) for h, _ in pairs)),
        st.sampled_from(
            [
                *("a:0", "a:65536", "a:x", "a:\u0663", "a,", ",a", "::1", "[]:1"),
                *("a b", f"ann:{MARK}@a:1", "redis://a", " " * 50_000 + "]"),
                *([], 5, [5], True, {"a": 1}, [("a",)], [("a", 0)], [("a", None)]),
                *([("", 1)], [("a/b", 1)]),
            ]
        ),
    )


OBJECT = Kind(
    st.nothing(), st.sampled_from((3, "3", 1.5, True, b"")) | texts | collections
)
INTEGER = Kind(written(st.integers(), int, str), nonsense | collections)
COLLECTION = Kind(st.nothing(), st.sampled_from((3, "3", 1.5, True, b"")) | texts)

#: By the names of the parameters: those of every client,
COMMON = {
    "username password client_name": TEXT,
    "socket_timeout socket_connect_timeout": seconds(1e-6),
    "health_check_interval": seconds(0),
    "decode_responses socket_keepalive": BOOLEAN,
    "retry_on_timeout legacy_responses": BOOLEAN,
    "encoding": one_of(
        *("utf-8", "latin-1", "UTF8", "ascii"), wrong=("utf-88", "hex", 8, True)
    ),
    "encoding_errors": one_of("strict", "replace", wrong=("strictly", 8, True)),
    "retry": whole(0),
    # A pool that waits makes a place for each.
    "max_connections": Kind(written(st.integers(1, 9999), int, str), whole(1).wrong),
    "socket_read_size": whole(1),
    "protocol": whole(2, 3),
    "lib_name lib_version": AS_IT_IS,
    "ssl": BOOLEAN,
}
#: those that count with TLS,
TLS = {
    "ssl_cert_reqs": Kind(
        written(
            st.sampled_from(("none", "optional", "required")),
            *(str, str.upper, "cert_{}".format, "CERT_{}".format),
        )
        | plain(0, 1, 2),
        st.sampled_from(("requierd", "CERT", 3, True, False)) | texts | collections,
    ),
    "ssl_check_hostname ssl_validate_ocsp ssl_validate_ocsp_stapled": BOOLEAN,
    "ssl_password": TEXT,
    "ssl_min_version": Kind(
        written(st.sampled_from((771, 772)), int, str)
        | st.sampled_from((("1.2", 771), ("TLSv1_3", 772), ("tlsv1.3", 772))),
        st.sampled_from((5, "5", "1.4", "TLS")) | texts | collections,
    ),
    "ssl_ca_certs ssl_certfile ssl_keyfile ssl_ca_path ssl_ca_data": AS_IT_IS,
    "ssl_ciphers ssl_ocsp_expected_cert": AS_IT_IS,
}
#: those of one server,
ONE = {
    "host": HOST,
    "port": whole(1, 65535),
    "db": whole(0),
    "unix_socket_path": Kind(
        texts.filter(lambda text: "://" not in text).map(
            lambda text: (f"/run/{text}", f"/run/{text}")
        ),
        st.just(f"redis://{MARK}") | TEXT.wrong,
    ),
    # True would connect.
    "single_connection_client": Kind(st.just(("no", False)), BOOLEAN.wrong),
    "connection_pool_class": a_class(
        *(redis_py.BlockingConnectionPool, "redis.BlockingConnectionPool"),
        wrong=[
            *("redis.NoSuchPool", "redis.SentinelConnectionPool", "redis.Redis"),
            *("redis", "os.path", 5, object),
        ],
    ),
    "connection_pool_timeout": seconds(0),
    "class": a_class(
        *(redis_py.StrictRedis, "redis.Redis", "redis.StrictRedis", ""),
        wrong=[
            *("no.such.Class", "redis.NoSuchClass", "redis.Sentinel", "redis"),
            *("os.sep", 5, b"x"),
        ],
    ),
}
#: those of Sentinel,
SENTINEL = {
    "sentinels": nodes(26379),
    "service_name": Kind(written(texts, str), TEXT.wrong),
    "role": one_of("primary", "replica", wrong=("master", True, "Replica")),
    "sentinel_username sentinel_password": TEXT,
    "min_other_sentinels": whole(0),
    "sentinel_kwargs": Kind(
        written(texts.map(lambda text: {"client_name": text}), dict),
        st.sampled_from(([MARK], MARK, 5, True)),
    ),
}
#: those of a cluster,
CLUSTER = {
    "startup_nodes": nodes(6379),
    "cluster_error_retry_attempts reinitialize_steps": INTEGER,
    "require_full_coverage read_from_replicas dynamic_startup_nodes": BOOLEAN,
    "load_balancing_strategy": a_class(
        *(redis_py.cluster.LoadBalancingStrategy.ROUND_ROBIN, "round_robin"),
        wrong=("at random", True, 5),
    ),
    "address_remap policy_resolver": OBJECT,
}
#: those that text cannot say,
MADE = {
    "cache cache_config connection_pool credential_provider driver_info": OBJECT,
    "event_dispatcher maint_notifications_config redis_connect_func": OBJECT,
    "oss_cluster_maint_notifications_handler ssl_ocsp_context": OBJECT,
    "retry_on_error socket_keepalive_options": COLLECTION,
    "ssl_include_verify_flags ssl_exclude_verify_flags": COLLECTION,
}
#: and those that are settings of earlier releases.
OLD = {"user": "username", "charset": "encoding", "errors": "encoding_errors"}


def by_name(*tables):
    return {
        name: kind
        for table in tables
        for names, kind in table.items()
        for name in names.split()
    }


KINDS = by_name(COMMON, TLS, ONE, SENTINEL, CLUSTER, MADE)
KINDS |= {old: KINDS[new] for old, new in OLD.items()}
MADE = by_name(MADE)
TLS = by_name(TLS)


def any_of(names):
    """Every other time it is one that says where the database is, or who asks."""
    usual = {*WHERE_AND_WHO, *by_name(SENTINEL), *by_name(CLUSTER)} & names
    return st.one_of(st.sampled_from(sorted(usual)), st.sampled_from(sorted(names)))


WHERE_AND_WHO = {"host", "port", "unix_socket_path", "db", "username", "password"}


class Way:
    """One way to say where the database is: the settings that it needs, those that can
    be there too, what is so unless they say otherwise, and what does not go with it."""

    def __init__(self, needed, possible, default, excluded):
        self.needed = needed
        self.default = default
        self.excluded = excluded
        names = {*needed, *possible}
        self.some = st.lists(any_of(names - MADE.keys()), max_size=4)
        self.one_wrong = any_of(
            {name for name in names if not KINDS[name].wrong.is_empty}
        )
        self.one_excluded = st.sampled_from(sorted(excluded))


ANYWHERE = (*by_name(COMMON), *TLS, *MADE, *OLD)
DEFAULT = {"db": 0, "username": None, "password": None, "ssl": False}
POOLS = {
    "connection_pool": redis_py.ConnectionPool(),
    "connection_pool_class": "redis.BlockingConnectionPool",
    "single_connection_client": "yes",
    "unix_socket_path": f"/run/{MARK}",
}
WAYS = {
    "tcp": Way(
        needed=(),
        possible=tuple({*ANYWHERE, *by_name(ONE)} - {"unix_socket_path"}),
        default={**DEFAULT, "host": "localhost", "port": 6379},
        excluded={"connection_pool_timeout": 5},
    ),
    "unix": Way(
        needed=("unix_socket_path",),
        possible=tuple({*ANYWHERE, "db"} - {"ssl"}),
        default=DEFAULT,
        excluded={"connection_pool_timeout": 5},
    ),
    "sentinel": Way(
        needed=("sentinels", "service_name"),
        possible=(*ANYWHERE, *by_name(SENTINEL), "db"),
        default={
            **DEFAULT,
            "role": "primary",
            "min_other_sentinels": 0,
            "sentinel_username": None,
            "sentinel_password": None,
        },
        excluded=POOLS,
    ),
    "cluster": Way(
        needed=("startup_nodes",),
        possible=(*ANYWHERE, *by_name(CLUSTER)),
        default={},
        excluded={**POOLS, "db": "3", "sentinels": f"{MARK}:1"},
    ),
}


class Case(NamedTuple):
    """Settings, options in code, and what they mean. If one setting is wrong, its name
    and the settings with that one mended."""

    settings: dict
    options: dict
    meaning: dict
    wrong: str = ""
    mended: dict = {}  # noqa: RUF012
    written_back: dict = {}  # noqa: RUF012


A_WAY = st.sampled_from(list(WAYS.values()))
A_FATE = st.sampled_from(("right", "right", "wrong", "excluded"))


@st.composite
def cases(draw):
    way = draw(A_WAY)
    names = {*way.needed, *draw(way.some)}
    if "connection_pool_timeout" in names:
        names.add("connection_pool_class")
    names -= {old for old, new in OLD.items() if new in names}
    drawn = {name: draw(KINDS[name].right) for name in sorted(names)}
    values = {name: value for name, (value, _) in drawn.items()}
    meaning = {OLD.get(name, name): meant for name, (_, meant) in drawn.items()}
    meaning = {**way.default, **meaning}
    if meaning.get("ssl_cert_reqs") in ("none", 0):
        # The host name cannot be checked without the certificate.
        values.pop("ssl_check_hostname", None)
        meaning.pop("ssl_check_hostname", None)
    options = {}
    if draw(st.booleans()):
        for name in values.keys() - {"class", *ONE, *OLD, *way.needed}:
            options[name] = values.pop(name)
    else:
        # A setting wins over an option.
        for name in (values.keys() & by_name(COMMON).keys()) - OLD.keys():
            options[name] = draw(KINDS[name].right)[0]
    if "startup_nodes" in way.needed:
        values["class"] = Kept
    fate = draw(A_FATE)
    if fate == "wrong":
        wrong = draw(way.one_wrong)
        value = draw(KINDS[wrong].wrong)
    elif fate == "excluded" and "connection_pool_class" not in meaning:
        wrong = draw(way.one_excluded)
        value = way.excluded[wrong]
    else:
        return Case(values, options, meaning)
    return Case({**values, wrong: value}, options, meaning, wrong, values)


UNSET = st.sampled_from((None, "", " ", "\n"))
#: Where None is "no limit".
NO_LIMIT = {"socket_timeout", "socket_connect_timeout", "connection_pool_timeout"}


@st.composite
def handed_out(draw):
    """A case as platforms write it: some settings have a line end or a blank at an end,
    and some are there without being set."""
    case = draw(cases())
    values = {
        name: draw(ENDS).format(value)
        if isinstance(value, str) and "\ud800" not in value
        else value
        for name, value in (case.mended if case.wrong else case.settings).items()
    }
    wrong = {case.wrong: case.settings[case.wrong]} if case.wrong else {}
    for name in draw(st.lists(st.sampled_from(sorted(KINDS)), max_size=3)):
        unset = draw(UNSET)
        if unset is None and name in NO_LIMIT:
            continue
        if unset == " " and name.endswith("password"):
            continue
        values.setdefault(name, unset)
    return case._replace(settings={**values, **wrong}, mended=values)


ENDS = st.sampled_from(("{}", "{}", "{}\n", "{}\r\n"))


def read_back(client):
    """What a client is made with, by the names of the settings."""
    if isinstance(client, Kept):
        nodes = [(node.host, node.port) for node in client.kept["startup_nodes"]]
        retry = client.kept.get("retry")
        retries = {"retry": vars(retry)["_retries"]} if retry else {}
        return {**client.kept, "startup_nodes": nodes, **retries}
    pool = client.connection_pool
    found = {
        **pool.connection_kwargs,
        "retry": vars(pool.connection_kwargs["retry"])["_retries"],
        "class": type(client),
        "ssl": issubclass(pool.connection_class, redis_py.SSLConnection),
        "unix_socket_path": pool.connection_kwargs.get("path"),
        "max_connections": pool.max_connections,
        "connection_pool_class": type(pool),
        "connection_pool_timeout": getattr(pool, "timeout", None),
        "single_connection_client": client.connection is not None,
    }
    if not isinstance(pool, redis_py.SentinelConnectionPool):
        return found
    asked = [sentinel.connection_pool for sentinel in pool.sentinel_manager.sentinels]
    of_asked = asked[0].connection_kwargs
    assert {pool.connection_class for pool in asked} == {
        redis_py.SSLConnection if found["ssl"] else redis_py.Connection
    }
    return {
        **found,
        "sentinels": [
            (each.connection_kwargs["host"], each.connection_kwargs["port"])
            for each in asked
        ],
        "service_name": pool.service_name,
        "role": "primary" if pool.is_master else "replica",
        "min_other_sentinels": pool.sentinel_manager.min_other_sentinels,
        "sentinel_username": of_asked["username"],
        "sentinel_password": of_asked["password"],
        "sentinel_kwargs": {"client_name": of_asked["client_name"]},
    }


#: What connections of a Unix socket do not have.
OF_TCP = {"socket_keepalive", "socket_connect_timeout"}
#: What redis-py keeps where nobody is to look.
UNREAD = {"lib_name", "lib_version", "retry_on_timeout", "legacy_responses"}


def assert_goes_where_it_says(client, meaning):
    found = read_back(client)
    unread = set(UNREAD)
    if found.get("unix_socket_path"):
        unread |= OF_TCP
    if not found.get("ssl"):
        unread |= TLS.keys()
    expected = {name: meaning[name] for name in meaning.keys() - unread}
    assert {name: found.get(name, ABSENT) for name in expected} == expected
    if found.get("ssl"):
        # Verified, unless a setting says otherwise.
        assert found.get("ssl_cert_reqs", "required") == meaning.get(
            "ssl_cert_reqs", "required"
        )
        if found.get("ssl_cert_reqs") not in ("none", 0):
            assert found["ssl_check_hostname"] is meaning.get(
                "ssl_check_hostname", True
            )


# URLs. What is special in the name of a user, or in a password, is percent-encoded.

LETTERS = st.text(st.characters(codec="utf-8"), max_size=3).map(
    lambda text: text + MARK
)
USERS = LETTERS.map(lambda text: (quote(text, safe="!$'()*+,;="), text))
CREDENTIALS = st.one_of(
    st.just(("", {})),
    USERS.map(lambda user: (f"{user[0]}@", {"username": user[1]})),
    USERS.map(lambda word: (f":{word[0]}@", {"password": word[1]})),
    st.tuples(USERS, USERS).map(
        lambda both: (
            f"{both[0][0]}:{both[1][0]}@",
            {"username": both[0][1], "password": both[1][1]},
        )
    ),
)
DATABASES = st.one_of(
    plain("", "/").map(lambda path: (path[0], 0)),
    written(st.integers(0, 10**6), "/{}".format, "/{}/".format),
    written(st.integers(0, 10**6), "?db={}".format, "/?db={}".format),
    written(st.integers(0, 10**6), "/77?db={}".format),
)
ONE_NODE = st.one_of(
    st.just(("", {"host": "localhost", "port": 6379})),
    st.sampled_from(HOSTS).map(
        lambda host: (address(host), {"host": host, "port": 6379})
    ),
    st.tuples(st.sampled_from(HOSTS), st.integers(1, 65535)).map(
        lambda pair: (address(*pair), {"host": pair[0], "port": pair[1]})
    ),
)


def as_option(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


#: What text can say and the address does not.
SAYABLE = {
    **{name: LETTERS for name in ("client_name", "lib_name", "ssl_ca_certs")},
    **{name: LETTERS for name in ("ssl_certfile", "ssl_password", "ssl_ciphers")},
    **{name: st.booleans() for name in ("decode_responses", "ssl_check_hostname")},
    **{name: st.floats(1e-6, 1e9) for name in ("socket_timeout",)},
    "socket_connect_timeout": st.integers(1, 10**9),
    "health_check_interval": st.floats(0, 1e9),
    "max_connections": st.integers(1, 9999),
    "protocol": st.sampled_from((2, 3)),
    "encoding": st.sampled_from(("latin-1", "utf-8")),
    "encoding_errors": st.sampled_from(("replace", "strict")),
    "ssl_cert_reqs": st.sampled_from(("none", "optional", "required")),
}
SAYABLE["retry"] = st.integers(0, 9)


def said(names):
    return st.lists(
        st.one_of(*(st.tuples(st.just(name), SAYABLE[name]) for name in names)),
        max_size=3,
        unique_by=lambda option: option[0],
    ).map(dict)


SAID_WITH_TLS = said(SAYABLE)
#: Without TLS, its options are an error, as are those of TCP with a Unix socket.
SAID = said(name for name in SAYABLE if not name.startswith("ssl_"))
SAID_TO_A_SOCKET = said(
    name for name in SAYABLE if not name.startswith(("ssl_", "socket_connect"))
)

#: Parts that make a URL wrong, and those for all but one kind of it.
WRONG_PARTS = [
    *(("scheme", scheme) for scheme in ("redi", "http", "", "redis+proxy", MARK)),
    *(
        ("node", node)
        for node in ("a:0", "a:65536", "a:x", f"a:{MARK}", "[::1", "a:b:1")
    ),
    *(
        ("path", path)
        for path in ("/x", "/-1", "/1/2/3", f"/{MARK}", "/1_0", "/\u0661")
    ),
    *(("credentials", f":a{special}{MARK}@") for special in "/?#"),
    *(("option", option) for option in ("nonsense=1", MARK, f"db={MARK}", "db=-1")),
    *(("option", option) for option in ("host=there", "port=1", "url=redis://there")),
    *(("option", f"{name}={MARK}") for name in ("retry", "cache", "protocol", "ssl")),
    *(("option", option) for option in ("role=master", "connection_pool=1")),
    *(("option", f"{name}={MARK}") for name in ("socket_timeout", "decode_responses")),
    *(("option", f"client_name=a#{end}") for end in ("", MARK)),
]
WRONG_PART = st.sampled_from(WRONG_PARTS)
SCHEMES = st.sampled_from(("redis", "rediss", "unix"))
DEPLOYMENTS = st.sampled_from(("+sentinel", "+cluster"))


@st.composite
def urls(draw, may_be_wrong=True):
    """A case of a URL, beside settings that it wins over."""
    scheme = draw(SCHEMES)
    kind = scheme if scheme == "unix" else draw(st.sampled_from(KINDS_OF_URL))
    credentials, who = draw(CREDENTIALS)
    path, db = draw(DATABASES)
    options = draw(
        {"rediss": SAID_WITH_TLS, "redis": SAID, "unix": SAID_TO_A_SOCKET}[scheme]
    )
    if options.get("ssl_cert_reqs") == "none":
        options.pop("ssl_check_hostname", None)
    meaning = {**DEFAULT, **who, **options, "ssl": scheme == "rediss"}
    way = draw(WAYS_TO_WRITE_A_SCHEME)
    parts = {"scheme": way(scheme + kind), "credentials": credentials}
    if kind == "unix":
        parts["scheme"] = "unix"
        path, _, query = path.partition("?")
        where, file = draw(USERS)
        db = db if query else 0
        parts |= {"node": "", "path": f"/run/{where}" + f"?{query}" * bool(query)}
        meaning |= {"unix_socket_path": f"/run/{file}", "db": db}
        found = {"unix_socket_path": f"/run/{file}", "db": db}
        written_back = {"password": None, **found, **who}
    elif kind == "":
        node, where = draw(ONE_NODE)
        parts |= {"node": node, "path": path}
        meaning |= {**where, "db": db}
        written_back = {"password": None, **where, "db": db, **who}
    else:
        pairs = draw(PAIRS)
        parts |= {"node": as_text(pairs), "path": path}
        written_back = {}
        if kind == "+sentinel":
            service, name = draw(USERS)
            parts["path"] = f"/{service}{path}"
            meaning |= {"sentinels": pairs, "service_name": name, "db": db}
        else:
            parts["path"] = draw(st.sampled_from(("", "/", "/0", "?db=0")))
            tls = {"ssl": True} if scheme == "rediss" else {}
            meaning = {**who, **options, **tls, "startup_nodes": pairs}
    parts["option"] = "&".join(
        f"{name}={draw(ENCODERS)(as_option(value))}" for name, value in options.items()
    )
    values = {"url": written_as_url(parts)}
    values |= {"port": 1, "db": 0 if kind == "+cluster" else 9, **draw(ELSEWHERE)}
    if kind == "+cluster":
        values["class"] = Kept
    if not may_be_wrong or draw(st.booleans()):
        return Case(values, {}, meaning, written_back=written_back)
    part, wrong = draw(WRONG_PART)
    if part == "path":
        wrong = {"unix": "", "+sentinel": f"/shop{wrong}"}.get(kind, wrong)
    if part == "option" and parts["option"]:
        wrong = f"{wrong}&{parts['option']}"
    url = written_as_url({**parts, part: wrong})
    return Case({**values, "url": url}, {}, meaning, "url", values, written_back)


ELSEWHERE = st.sampled_from(
    (
        {"host": "elsewhere"},
        {"unix_socket_path": "/run/elsewhere"},
        {"sentinels": "elsewhere:1", "service_name": "elsewhere"},
    )
)
KINDS_OF_URL = ("", "+sentinel", "+cluster")
WAYS_TO_WRITE_A_SCHEME = st.sampled_from(
    (str, str, str.upper, lambda scheme: scheme.replace("redis", "valkey"))
)
ENCODERS = st.sampled_from((quote, quote_plus, lambda text: quote(text, safe="")))


def written_as_url(parts):
    path, _, query = parts["path"].partition("?")
    query = "&".join(filter(None, (parts["option"], query)))
    url = "{scheme}://{credentials}{node}{}".format(path, **parts)
    return f"{url}?{query}" if query else url


class Records(logging.Handler):
    """What is logged, as text."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.texts = []

    def emit(self, record):
        self.texts.append(self.format(record))


@contextlib.contextmanager
def listening():
    handler = Records()
    logger = logging.getLogger()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield handler.texts
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def too_long(*_):
    raise RuntimeError("This setting takes more than five seconds.")


@contextlib.contextmanager
def deadline(seconds=5):
    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(autouse=True, scope="module")
def version_is_kept():
    """redis-py reads its own version from the disk for each client."""
    with pytest.MonkeyPatch.context() as patch:
        version = functools.cache(importlib.metadata.version)
        patch.setattr(importlib.metadata, "version", version)
        yield


def prefixed(values):
    return {f"CACHE_{name.upper()}": value for name, value in values.items()}


def try_it(redis, app):
    """Registers an app, and gives the error that says why not, or None."""
    before, extensions = dict(app.config), dict(app.extensions)
    with listening() as logged, deadline():
        try:
            redis.init_app(app)
        except (ValueError, TypeError, ImportError) as error:
            said = [everything_said(error), str(error)]
            found = error
        else:
            said, found = [], None
    assert MARK not in "\n".join([*said, *logged, repr(redis)])
    if found is not None:
        assert dict(app.config) == before
        assert app.extensions == extensions
    return found


#: One for all, emptied each time: making it would take as long as all the rest.
APP = make_app()


def emptied_app(values):
    APP.config.clear()
    APP.extensions.clear()
    APP.config.update(prefixed(values))
    return APP


def judge(case):
    """What became of a case, in a word."""
    app = emptied_app(case.settings)
    redis = Redis(config_prefix="CACHE", **case.options)
    if case.wrong:
        error = try_it(redis, app)
        assert error is not None, "An invalid setting was accepted."
        assert re.search(rf"\bCACHE_{case.wrong.upper()}\b", str(error)), error
        del app.config[f"CACHE_{case.wrong.upper()}"]
        app.config.update(prefixed(case.mended))
    before = dict(app.config)
    error = try_it(redis, app)
    if error is not None:
        raise error
    assert_goes_where_it_says(app.extensions["redis"]["CACHE"], case.meaning)
    assert dict(app.config) == before | prefixed(case.written_back)
    return "error" if case.wrong else "client"


def test_no_setting_is_left_out():
    parameters = {
        name
        for each in (redis_py.StrictRedis, redis_py.RedisCluster)
        for name in inspect.signature(each).parameters
    }
    assert parameters - KINDS.keys() == {"url", "kwargs"}


def show(figure, outcomes):
    figure("examples", outcomes.total())
    for outcome, number in sorted(outcomes.items()):
        figure(outcome, number)


def test_settings_work_as_documented(figure):
    outcomes = Counter()

    @given(cases() | handed_out())
    def every(case):
        outcomes[judge(case)] += 1

    every()
    show(figure, outcomes)


def test_urls_work_as_documented(figure):
    outcomes = Counter()

    @given(urls())
    def every(case):
        outcomes[judge(case)] += 1

    every()
    show(figure, outcomes)


# Anything at all: no meaning is known, and yet it is a client or an error.

JUNK = st.one_of(
    *(nonsense, collections, st.none(), st.booleans(), st.integers(), st.floats()),
    *(LETTERS, st.binary(max_size=4), st.lists(LETTERS, max_size=2)),
    st.dictionaries(LETTERS, LETTERS, max_size=2),
)
PIECES = [
    *(
        "redis rediss unix +sentinel +cluster :// there ::1 0 1 65536 \u0661 nonsense="
    ).split(),
    *"db= password= username= ssl= host= retry= sentinels= %40 %00 %ff ..".split(),
    *":@/?&=#[]%,.;+-_ \n\0\ud800\u202e\uff0f\u2100\u3002",
]
ANY_URL = st.lists(st.sampled_from((*PIECES, MARK)), max_size=9).map("".join)
ANY_SETTINGS = st.dictionaries(
    # That one would connect.
    st.sampled_from(sorted({*KINDS, "url"} - {"single_connection_client"})),
    JUNK,
    max_size=4,
)
ANY_SCHEME = st.sampled_from(("", "redis://", "unix:///", "redis+sentinel://a/"))
ANY_CASE = st.tuples(
    ANY_SETTINGS, st.one_of(st.none(), st.tuples(ANY_SCHEME, ANY_URL).map("".join))
)


def judge_anything(values, url):
    values = {**values} if url is None else {**values, "url": url}
    app = emptied_app(values)
    error = try_it(Redis(config_prefix="CACHE"), app)
    if error is not None:
        named = re.findall(r"CACHE_(\w+)", str(error))
        assert {name.lower() for name in named} & values.keys(), error
        return "error"
    client = app.extensions["redis"]["CACHE"]
    if not isinstance(client, redis_py.RedisCluster):
        found = read_back(client)
        assert found.get("port") is None or 1 <= found["port"] <= 65535
        assert found["db"] is None or found["db"] >= 0
    return "client"


def test_random_settings_create_a_client_or_raise_an_error(figure):
    outcomes = Counter()

    @given(ANY_CASE)
    def every(case):
        outcomes[judge_anything(*case)] += 1

    every()
    show(figure, outcomes)


def connection(client):
    """All that connections are made with. What is an object is a new one each time."""
    return {
        name: value
        for name, value in read_back(client).items()
        if isinstance(value, (str, bytes, int, float, list, dict, type, type(None)))
    }


def test_settings_in_a_url_equal_those_in_code(figure):
    outcomes = Counter()

    @given(urls(may_be_wrong=False))
    def every(case):
        rest = {"class": Kept} if "startup_nodes" in case.meaning else {}
        # The app is emptied for the second object, so the first client is taken now.
        in_code = Redis(emptied_app(rest), "CACHE", **case.meaning).connection
        url = {**rest, "url": case.settings["url"]}
        in_url = Redis(emptied_app(url), "CACHE").connection
        assert in_url is not in_code
        assert connection(in_url) == connection(in_code)
        assert_goes_where_it_says(in_url, case.meaning)
        outcomes["client"] += 1

    every()
    show(figure, outcomes)
