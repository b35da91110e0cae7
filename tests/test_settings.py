"""Settings of the app become parameters of the client."""

import functools
import inspect
import ssl
import sys

import fakeredis
import pytest
import redis as redis_py
from servers import NO_RETRY, arguments, free_port, make_app

from flask_redis import Redis

PARAMETERS = inspect.signature(redis_py.StrictRedis).parameters


#: What the extension says of itself to redis-py, if nobody says otherwise.
IDENTITY = {"driver_info", "lib_name"}


class Keeper(redis_py.StrictRedis):
    """Keeps what it was constructed with."""

    def __init__(self, *args, **kwargs):
        self.kept = args, {k: v for k, v in kwargs.items() if k not in IDENTITY}
        super().__init__(*args, **kwargs)


def kept(options=(), **settings):
    settings.setdefault("REDIS_CLASS", Keeper)
    args, kwargs = Redis(make_app(**settings), **dict(options)).connection.kept
    assert args == ()
    return kwargs


def test_host_port_and_db(server):
    redis = Redis(make_app(**server.settings, REDIS_DB=4))
    redis.set("key", "value")
    assert server.keys() == {(4, "key")}


def test_nothing_set_leaves_everything_to_redis_py():
    assert kept() == {}


def test_every_named_parameter_of_the_constructor_is_a_setting():
    """Whatever they are in this release of redis-py, decorated or not."""
    assert len(PARAMETERS) > 35

    class Taker:
        @functools.wraps(redis_py.StrictRedis.__init__)
        def __init__(self, **kwargs):
            self.__dict__.update(kwargs)

    old = {"charset", "errors"}
    values = {
        name: parameter.default
        for name, parameter in PARAMETERS.items()
        if name not in old
    }
    app = make_app(
        REDIS_CLASS=Taker,
        **{f"REDIS_{name.upper()}": value for name, value in values.items()},
    )
    assert vars(Redis(app).connection) == {
        name: value
        for name, value in values.items()
        if value is not None or name in ("socket_timeout", "socket_connect_timeout")
    }


def test_username_and_password(server):
    with server.client() as client:
        client.acl_setuser(
            "ann", enabled=True, passwords=["+p@ss"], categories=["+@all"], keys="*"
        )
    app = make_app(**server.settings, REDIS_USERNAME="ann", REDIS_PASSWORD="p@ss")
    assert Redis(app, decode_responses=True).acl_whoami() == "ann"
    app = make_app(
        **server.settings,
        REDIS_USERNAME="ann",
        REDIS_PASSWORD="another",
        REDIS_RETRY=NO_RETRY,
    )
    with pytest.raises(redis_py.AuthenticationError):
        Redis(app).ping()


def test_unix_socket_path(server):
    redis = Redis(make_app(REDIS_UNIX_SOCKET_PATH=str(server.socket), REDIS_DB=2))
    redis.set("key", "value")
    assert server.keys() == {(2, "key")}


def test_unix_socket_path_as_a_path_object(server):
    assert Redis(make_app(REDIS_UNIX_SOCKET_PATH=server.socket)).ping()


def test_connection_pool(server):
    pool = redis_py.ConnectionPool(port=server.port, db=6)
    redis = Redis(make_app(REDIS_CONNECTION_POOL=pool))
    redis.set("key", "value")
    assert redis.connection_pool is pool
    assert server.keys() == {(6, "key")}


def test_ssl_makes_connections_of_tls():
    redis = Redis(
        make_app(
            REDIS_SSL=True,
            REDIS_SSL_CA_CERTS="/etc/ca.pem",
            REDIS_SSL_CERT_REQS=ssl.CERT_OPTIONAL,
        )
    )
    assert issubclass(redis.connection_pool.connection_class, redis_py.SSLConnection)
    assert arguments(redis)["ssl_ca_certs"] == "/etc/ca.pem"
    assert arguments(redis)["ssl_cert_reqs"] == ssl.CERT_OPTIONAL


def test_settings_that_are_no_parameters_are_left_alone():
    app = make_app(
        REDIS_CLASS=Keeper,
        REDIS_TTL=60,
        REDIS_="",
        REDIS2_URL="redis://elsewhere",
        MY_REDIS_DB=7,
        REDIS_host="elsewhere",
        XREDIS_DB=7,
    )
    app.config[5] = "not a string"
    before = dict(app.config)
    assert Redis(app).connection.kept == ((), {})
    assert app.config == before


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [
        ("CHARSET", "encoding", "latin-1"),
        ("ERRORS", "encoding_errors", "replace"),
        ("USER", "username", "ann"),
    ],
)
def test_names_of_earlier_releases(old, new, value):
    other = {"CHARSET": "ascii", "ERRORS": "ignore", "USER": "bob"}[old]
    assert kept(**{f"REDIS_{old}": value}) == {new: value}
    both = {f"REDIS_{old}": other, f"REDIS_{new.upper()}": value}
    assert kept(**both) == {new: value}
    assert kept({old.lower(): value}) == {new: value}
    assert kept({old.lower(): other, new: value}) == {new: value}
    assert kept({old.lower(): other}, **{f"REDIS_{new.upper()}": value}) == {new: value}
    assert kept({new: other}, **{f"REDIS_{old}": value}) == {new: value}
    url = f"redis://there?{old.lower()}={value}"
    assert kept({new: other}, REDIS_URL=url)[new] == value


def test_charset_and_errors_at_work(server):
    app = make_app(**server.settings, REDIS_CHARSET="ascii", REDIS_ERRORS="replace")
    redis = Redis(app, decode_responses=True)
    redis.set("key", "é".encode())
    assert redis.get("key") == "\N{REPLACEMENT CHARACTER}" * 2


@pytest.mark.parametrize("form", ["{}", "file://{}", "unix://{}"])
def test_host_that_is_a_path_is_a_unix_socket(form, server):
    app = make_app(REDIS_HOST=form.format(server.socket), REDIS_PORT=1, REDIS_DB=3)
    redis = Redis(app)
    redis.set("key", "value")
    assert server.keys() == {(3, "key")}
    assert arguments(redis)["path"] == str(server.socket)


@pytest.mark.parametrize("named", [Keeper, f"{__name__}.Keeper"])
def test_class_itself_or_its_path(named):
    assert type(Redis(make_app(REDIS_CLASS=named)).connection) is Keeper


@pytest.mark.parametrize("default", [None, "", "redis.StrictRedis"])
def test_default_class(default):
    app = make_app(REDIS_CLASS=default)
    assert type(Redis(app).connection) is redis_py.StrictRedis


class Client(redis_py.StrictRedis):
    def __init__(self, foo="bar", *args, limit=10, ratio=0.5, loud=False, **kwargs):
        self.own = foo, limit, ratio, loud
        super().__init__(*args, **kwargs)


class Grandchild(Client):
    def __init__(self, *args, extra=None, **kwargs):
        self.extra = extra
        super().__init__(*args, **kwargs)


def test_subclass_has_its_own_settings_and_those_of_its_bases(server):
    app = make_app(
        **server.settings,
        REDIS_CLASS=f"{__name__}.Grandchild",
        REDIS_DB="7",
        REDIS_FOO="foo",
        REDIS_LIMIT="-20",
        REDIS_RATIO="0.25",
        REDIS_LOUD="yes",
        REDIS_EXTRA="as it is",
    )
    redis = Redis(app, decode_responses=True)
    assert redis.connection.own == ("foo", -20, 0.25, True)
    assert redis.connection.extra == "as it is"
    redis.set("key", "value")
    assert redis.get("key") == "value"
    assert server.keys() == {(7, "key")}


def test_subclass_parameter_named_like_an_old_setting():
    class Named(redis_py.StrictRedis):
        def __init__(self, user="nobody", errors=None, **kwargs):
            self.own = user, errors
            super().__init__(**kwargs)

    app = make_app(REDIS_CLASS=Named, REDIS_USER="ann", REDIS_ERRORS="none")
    redis = Redis(app)
    assert redis.connection.own == ("ann", "none")
    assert arguments(redis)["username"] is None


def test_args_and_kwargs_are_not_settings():
    app = make_app(REDIS_CLASS=Client, REDIS_ARGS="args", REDIS_KWARGS="kwargs")
    assert Redis(app).connection.own == ("bar", 10, 0.5, False)


def test_subclass_settings_are_options_in_code_as_well():
    client = Redis(make_app(REDIS_CLASS=Client), foo="code", limit=1).connection
    assert client.own == ("code", 1, 0.5, False)


def test_class_that_takes_only_its_own_parameters():
    class Narrow(redis_py.StrictRedis):
        def __init__(self, host):
            super().__init__(host)

    settings = {"REDIS_HOST": "there", "REDIS_PORT": 1, "REDIS_CHARSET": "ascii"}
    redis = Redis(make_app(REDIS_CLASS=Narrow, **settings))
    assert arguments(redis)["host"] == "there"
    assert arguments(redis)["port"] == 6379
    with pytest.raises(TypeError, match="'port'"):
        Redis(make_app(REDIS_CLASS=Narrow), port=1)


def test_class_with_a_parameter_called_url_is_not_given_the_setting():
    class Own(redis_py.StrictRedis):
        def __init__(self, url=None, **kwargs):
            self.url = url
            super().__init__(**kwargs)

    redis = Redis(make_app(REDIS_CLASS=Own, REDIS_URL="redis://there"))
    assert redis.connection.url is None
    assert arguments(redis)["host"] == "there"


def test_class_that_takes_anything_is_given_what_redis_py_knows():
    class Anything:
        def __init__(self, **kwargs):
            self.kwargs = kwargs

    settings = {"REDIS_HOST": "there", "REDIS_PORT": "1", "REDIS_TTL": 60}
    redis = Redis(make_app(REDIS_CLASS=Anything, **settings))
    assert redis.connection.kwargs == {"host": "there", "port": 1}


class Bare:
    """Has no constructor, so no parameter."""


class Child(Bare, redis_py.StrictRedis):
    """Has that of a base."""


def test_class_without_a_constructor_has_no_parameters():
    app = make_app(REDIS_CLASS=Bare, REDIS_HOST="there", REDIS_URL=None)
    assert type(Redis(app).connection) is Bare
    with pytest.raises(TypeError, match="'host' for 'REDIS' is not a parameter"):
        Redis(make_app(REDIS_CLASS=Bare), host="there")
    with pytest.raises(ValueError, match=r"^REDIS_URL: \w+ is not a parameter"):
        Redis(make_app(REDIS_CLASS=Bare, REDIS_URL="redis://there"))
    assert arguments(Redis(make_app(REDIS_CLASS=Child, REDIS_PORT=1)))["port"] == 1


class Router:
    """Is not redis-py's, and has parameters that this extension has for others."""

    def __init__(
        self,
        sentinels=None,
        role=None,
        service_name=None,
        ssl=False,
        sentinel_kwargs=None,
    ):
        self.kept = sentinels, role, service_name, ssl, sentinel_kwargs


def test_foreign_class_is_given_its_own_parameters():
    settings = {"REDIS_SENTINELS": "one:1", "REDIS_ROLE": "replica", "REDIS_SSL": "on"}
    settings["REDIS_SENTINEL_KWARGS"] = "text"
    client = Redis(make_app(REDIS_CLASS=Router, **settings)).connection
    assert client.kept == ("one:1", "replica", None, True, "text")


class OtherLibrary:
    """As in valkey-py, whose tests are in ``ecosystem``."""

    def __init__(self, host=None, port=None, db=None):
        pass


class OtherClient(OtherLibrary):
    def __init__(self, retry=None, ssl=False, ssl_check_hostname=False, **options):
        self.retry = retry
        self.ssl_check_hostname = ssl_check_hostname


class OtherCluster(OtherLibrary):
    def __init__(self, startup_nodes=None):
        self.startup_nodes = startup_nodes


class Wrapper:
    """Passes everything to redis-py."""

    def __init__(self, **options):
        self.options = options


def test_settings_that_require_redis_py_are_errors():
    for setting in ("CONNECTION_POOL_CLASS", "SENTINELS", "STARTUP_NODES", "ROLE"):
        error = f"^REDIS_{setting} must be left out: it needs redis-py's class.$"
        with pytest.raises(ValueError, match=error):
            Redis(make_app(REDIS_CLASS=OtherClient, **{f"REDIS_{setting}": "a"}))
    for url in ("redis+cluster://one", "redis+sentinel://one/shop"):
        with pytest.raises(
            ValueError, match=r"^REDIS_URL: .* it needs redis-py's class.$"
        ):
            Redis(make_app(REDIS_CLASS=OtherClient, REDIS_URL=url))


def test_parameters_of_another_library_are_its_own():
    app = make_app(REDIS_CLASS=OtherCluster, REDIS_STARTUP_NODES="one:7000")
    assert Redis(app).connection.startup_nodes == [("one", 7000)]


@pytest.mark.parametrize(
    "settings",
    [
        {"REDIS_URL": "redis://there?ssl_ca_certs=/ca.pem"},
        {"REDIS_URL": "rediss://there?ssl_cert_reqs=none&ssl_check_hostname=true"},
        {"REDIS_UNIX_SOCKET_PATH": "/run/redis.sock", "REDIS_SSL": "yes"},
    ],
)
def test_combinations_that_would_lose_tls_are_errors(settings):
    for client in (Wrapper, redis_py.Redis):
        with pytest.raises(ValueError, match=r"^REDIS_SSL.* (needs|cannot be)"):
            Redis(make_app(REDIS_CLASS=client, **settings))


def test_socket_for_a_class_that_connects_by_host():
    """Otherwise the client would silently connect to localhost."""

    class ByHost(redis_py.Redis):
        def __init__(self, host="localhost", port=6379, db=0):
            super().__init__(host=host, port=port, db=db)

    for client in (ByHost, OtherLibrary):
        with pytest.raises(
            ValueError, match=r"^REDIS_UNIX_SOCKET_PATH .* is not a par"
        ):
            Redis(make_app(REDIS_CLASS=client, REDIS_HOST="/run/redis.sock"))


def test_retries_of_another_library_are_its_own():
    retry = object()
    assert Redis(make_app(REDIS_CLASS=OtherClient, REDIS_RETRY=retry)).retry is retry
    with pytest.raises(ValueError, match=r"^REDIS_RETRY must be a Python object"):
        Redis(make_app(REDIS_CLASS=OtherClient, REDIS_RETRY=3))
    # This class has no such parameter, so the setting is ignored.
    Redis(make_app(REDIS_CLASS=OtherLibrary, REDIS_RETRY=3))
    # This one has redis-py's.
    wrapped = Redis(make_app(REDIS_CLASS=Wrapper, REDIS_RETRY=3)).connection
    assert vars(wrapped.options["retry"])["_retries"] == 3


def test_tls_of_another_library_checks_the_host_name():
    url = "rediss://there"
    app = make_app(REDIS_CLASS=OtherClient, REDIS_URL=url)
    assert Redis(app).ssl_check_hostname is True
    app = make_app(REDIS_CLASS=OtherClient, REDIS_URL=f"{url}?ssl_check_hostname=no")
    assert Redis(app).ssl_check_hostname is False
    app = make_app(REDIS_CLASS=OtherClient, REDIS_URL="redis://there")
    assert Redis(app).ssl_check_hostname is False
    # What it passes the options to may not have this parameter.
    wrapped = Redis(make_app(REDIS_CLASS=Wrapper, REDIS_URL=url)).connection
    assert wrapped.options["ssl"] is True
    assert "ssl_check_hostname" not in wrapped.options


def decorated(constructor):
    @functools.wraps(constructor)
    def construct(self, **options):
        constructor(self, zone="here", **options)

    return construct


class ClientInZone(redis_py.Redis):
    @decorated
    def __init__(self, zone, **options):
        self.zone = zone
        super().__init__(**options)


def test_constructor_whose_decorator_adds_an_argument(server):
    redis = Redis(make_app(**server.settings, REDIS_CLASS=ClientInZone))
    assert redis.zone == "here"
    assert redis.ping()


# Since Python 3.14, annotations are evaluated when something asks for them.
if sys.version_info >= (3, 14):

    class AnnotatedClient(redis_py.Redis):
        def __init__(self, zone: OnlyForTypeCheckers = None, **options):  # noqa: F821
            super().__init__(**options)

    class AnnotatedPool(redis_py.BlockingConnectionPool):
        def __init__(self, zone: OnlyForTypeCheckers = None, **options):  # noqa: F821
            super().__init__(**options)

    class AnnotatedCluster(redis_py.RedisCluster):
        def __init__(self, zone: OnlyForTypeCheckers = None, **options):  # noqa: F821
            super().__init__(**options)

    def test_annotations_that_only_type_checkers_can_evaluate():
        pool = {"REDIS_CONNECTION_POOL_CLASS": AnnotatedPool}
        Redis(make_app(REDIS_CLASS=AnnotatedClient, **pool))
        Redis(make_app(REDIS_CLASS=AnnotatedCluster))


def test_fakeredis_with_the_pool_class_of_production():
    settings = {
        "REDIS_CONNECTION_POOL_CLASS": "redis.BlockingConnectionPool",
        "REDIS_CONNECTION_POOL_TIMEOUT": "2",
        "REDIS_MAX_CONNECTIONS": "3",
    }
    redis = Redis(make_app(**settings, REDIS_CLASS="fakeredis.FakeRedis"))
    assert redis.set("key", "value")
    pool = redis.connection_pool
    assert type(pool) is redis_py.BlockingConnectionPool
    assert (pool.timeout, pool.max_connections) == (2, 3)


@pytest.mark.parametrize("named", [fakeredis.FakeRedis, "fakeredis.FakeStrictRedis"])
def test_fakeredis(named):
    app = make_app(REDIS_CLASS=named, REDIS_DB="5", REDIS_PORT=free_port())
    redis = Redis(app, decode_responses=True, server=fakeredis.FakeServer())
    redis.set("key", "value")
    assert redis.get("key") == "value"
    assert arguments(redis)["db"] == 5


def test_settings_are_read_once(app, server):
    redis = Redis(app)
    app.config["REDIS_DB"] = 8
    redis.set("key", "value")
    assert server.keys() == {(0, "key")}
