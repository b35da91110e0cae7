"""
flask_redis
~~~~~~~~~~~

Gives a Flask app its Redis client: one :class:`Redis` object that reads the
app's settings, keeps a redis-py client per app, and can be used as if it were
that client.

:copyright: 2026 by the Flask-And-Redis authors.
:license: BSD-3-Clause, see LICENSE for the text.
"""

from __future__ import annotations

import functools
import inspect
import os
import re
import types
import typing as t
import weakref
from configparser import ConfigParser
from urllib.parse import parse_qs, unquote, urlsplit

import redis
import redis.cluster
from flask import current_app
from redis.exceptions import RedisClusterException, RedisError
from werkzeug.local import LocalProxy
from werkzeug.utils import import_string

if t.TYPE_CHECKING:
    from flask import Config, Flask

__all__ = ("FlaskRedis", "Redis")
__version__ = "2.0.0"


class Redis:
    """The Redis client of the current Flask app.

    Each app that the object is registered with gets a client of its own, made
    from that app's settings and kept in ``app.extensions["redis"][prefix]``.
    Several apps can share one object; each object has one prefix per app, so a
    second database is a second object with another prefix.

    Every public method and attribute of redis-py's client is one of this
    object too, and so are ``redis[key]`` and ``key in redis``. They go to the
    client of the app whose context is active; outside any context to that of
    the app given to the constructor, if one was. A method can be stored and
    called later: it looks for the current app when it is called.

    ``with redis as client:`` gives the current client and leaves it open,
    since other threads go on using it.

    :param app: the app to register with at once. It is also the app to use
        where no context is active. Without it, call :meth:`init_app`.
    :type app: flask.Flask or None
    :param str config_prefix: what the names of the settings begin with,
        default ``"REDIS"``: ``REDIS_URL``, ``REDIS_HOST`` and so on.
    :param options: parameters of the client's class, such as
        ``decode_responses=True``. They are defaults: settings of the app win
        over them.
    :raises ValueError, TypeError, ImportError: with an app, as
        :meth:`init_app` does.

    .. versionchanged:: 2.0
        Takes client options. The prefix is the default of :meth:`init_app` too.
    .. versionchanged:: 0.4
        Takes ``config_prefix``.
    .. versionadded:: 0.1
    """

    #: Called, it gives the class of the client registered last, or None.
    _last_class: t.Callable[[], type | None] = staticmethod(lambda: None)

    def __init__(
        self,
        app: Flask | None = None,
        config_prefix: str | None = None,
        **options: t.Any,
    ) -> None:
        self._app: Flask | None = None
        self._config_prefix = config_prefix or "REDIS"
        self._options = options
        self._prefixes: dict[weakref.ref[Flask], str] = {}
        if app is not None:
            self.init_app(app)
            self._app = app

    def init_app(self, app: Flask, config_prefix: str | None = None) -> None:
        """Read the app's settings and put a client on the app.

        The settings are read once, here; changing them later has no effect.
        No connection is opened before the client is first used. Nothing is
        registered or changed when an error is raised, so the call can be
        repeated with the setting mended.

        Where ``REDIS_URL`` is that of one server, what it says of host, port
        (or Unix socket), database, user name and password is written to the
        settings of these names.

        :param flask.Flask app: the app to register with. The object does not
            keep it alive.
        :param str config_prefix: what the names of this app's settings begin
            with, by default as given to the constructor.
        :raises ValueError: if the app has a client with this prefix, if this
            object serves the app already, or if a setting has a value that
            its parameter does not take. The message names the setting and
            does not show the value, which may be secret.
        :raises TypeError: if an option given to the constructor is no
            parameter of the client's class, or ``REDIS_CLASS`` is no class.
        :raises ImportError: if ``REDIS_CLASS`` cannot be imported.

        .. versionchanged:: 2.0
            Reads settings of Sentinel, of a cluster and of a pool class. A value
            that a parameter does not take is an error, and so is one object
            under two prefixes on one app.
        .. versionchanged:: 0.4
            Takes ``config_prefix``.
        .. versionadded:: 0.3
        """
        prefix = config_prefix or self._config_prefix
        if isinstance(app, LocalProxy):
            raise TypeError("init_app() takes the app itself, not current_app.")
        if not isinstance(prefix, str) or not prefix.isidentifier():
            # Not shown: it may be a URL that went astray, password and all.
            raise ValueError("config_prefix must begin names, as REDIS in REDIS_URL.")
        if weakref.ref(app) in self._prefixes:
            raise ValueError(
                f"This Redis object already serves the app {app.name!r} with the "
                f"prefix {self._prefixes[weakref.ref(app)]!r}. Make a second Redis "
                "object for a second database."
            )
        if prefix in app.extensions.get("redis", {}):
            raise ValueError(
                f"The app {app.name!r} already has a client with the prefix "
                f"{prefix!r}. Give this one another config_prefix."
            )
        client = _create_client(app.config, prefix, self._options)
        app.extensions.setdefault("redis", {})[prefix] = client
        # The reference takes its entry out when the app goes.
        self._prefixes[weakref.ref(app, self._prefixes.pop)] = prefix
        # A class made in an app factory would keep its app alive.
        self._last_class = weakref.ref(type(client))

    @property
    def connection(self) -> redis.StrictRedis:
        """The client of the current app.

        :raises RuntimeError: if there is no current app, or it was never
            registered with this object.

        .. versionadded:: 0.4
        """
        return _find_client(self)

    # The methods of redis.StrictRedis are added below. This finds what else the
    # current client has.
    def __getattr__(self, name: str) -> t.Any:
        if name.startswith("_"):
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r}"
            )
        try:
            found = getattr(_find_client(self), name)
        except (RedisError, RedisClusterException) as error:
            # A cluster's client connects to say what it has beside its methods.
            raise AttributeError(f"{name!r} cannot be looked up: {error}") from error
        if isinstance(found, types.MethodType):
            return types.MethodType(_late_method(name, found.__func__), self)
        return found

    @property  # type: ignore[misc]
    def __class__(self) -> t.Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """That of the current client, for ``isinstance(redis, redis_py.Redis)``.

        Without a current client, that of the one registered last. Before any is,
        the object is simply a :class:`Redis`, which it is always too.

        .. versionadded:: 2.0
        """
        try:
            return _find_client(self).__class__
        except Exception:  # noqa: BLE001
            # Of whatever kind: who asks for a class expects no error.
            return self._last_class() or type(self)

    def __dir__(self) -> list[str]:
        try:
            target: object = _find_client(self)
        except _NoClientError:
            target = self._last_class()
        names = (name for name in dir(target) if not name.startswith("_"))
        return [*{*dir(type(self)), *names}]

    def __getitem__(self, name: t.Any) -> t.Any:
        return self.connection[name]

    def __setitem__(self, name: t.Any, value: t.Any) -> None:
        self.connection[name] = value

    def __delitem__(self, name: t.Any) -> None:
        del self.connection[name]

    def __contains__(self, name: t.Any) -> bool:
        return name in self.connection

    def __enter__(self) -> redis.StrictRedis:
        return self.connection

    def __exit__(self, *exc_info: object) -> None:
        pass

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._config_prefix!r}>"


#: Called, it gives the app whose context is active.
_current_app = current_app._get_current_object  # type: ignore[attr-defined]


def _find_client(of: Redis) -> redis.StrictRedis:
    try:
        app = _current_app()
    except RuntimeError:
        app = of._app
    if app is None:
        raise _NoClientError(
            f"{of!r} has no current Flask app. Call init_app(app) once for each app, "
            "and use it in a request or in `with app.app_context()`."
        )
    try:
        client: redis.StrictRedis
        client = app.extensions["redis"][of._prefixes[weakref.ref(app)]]
    except KeyError:
        raise _NoClientError(
            f"The current app {app.name!r} is not registered with {of!r}. Call "
            "init_app(app) when the app is created, and use the same Redis object "
            "everywhere."
        ) from None
    return client


def _late_method(name: str, method: t.Callable[..., t.Any]) -> t.Any:
    """What looks like the client's method, and finds the client when it is called."""

    @functools.wraps(method)
    def call(self: Redis, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        return getattr(_find_client(self), name)(*args, **kwargs)

    return call


for _name, _method in inspect.getmembers(redis.StrictRedis, inspect.isfunction):
    if not _name.startswith("_") and _name not in vars(Redis):
        setattr(Redis, _name, _late_method(_name, _method))


#: What flask-redis, another project whose module has this name, calls it.
FlaskRedis = Redis


class _NoClientError(RuntimeError, AttributeError):
    """There is no current client.

    A ``RuntimeError``, like Flask's own outside a context. Also an
    ``AttributeError``, so that ``hasattr(redis, name)`` answers everywhere.
    """


# From settings to a client. Parameters of the client's class are given in three
# places, the later winning over the earlier: in code, as settings, in the URL.

_Values = dict[str, t.Any]
_Convert = t.Callable[[t.Any], t.Any]

#: How to convert a value to what a parameter takes, and what that is.
_Kind = tuple[_Convert, str]
_Parameters = dict[str, t.Optional[_Kind]]

#: Settings of earlier releases, and the parameters that they are now.
_OLD_NAMES = {"charset": "encoding", "errors": "encoding_errors", "user": "username"}

#: Parameters of the extension itself, for every client of redis-py.
_OWN = {
    *("sentinels", "service_name", "role", "min_other_sentinels"),
    *("sentinel_username", "sentinel_password", "sentinel_kwargs"),
    *("connection_pool_class", "connection_pool_timeout"),
}

#: Each of these says where servers are, so a place that gives one of them sets
#: aside what the places before it gave.
_SERVERS = {"host", "unix_socket_path", "connection_pool", "sentinels", "startup_nodes"}

#: What the URL of one server determines is written to the settings of these names.
_WRITTEN_BACK = {"host", "port", "unix_socket_path", "db", "username", "password"}

#: What a client is not given, because of a parameter that it is given.
_POOLS = {"connection_pool", "single_connection_client"}
_EXCLUDED = {
    "connection_pool_class": ("a pool that is to be made", _POOLS),
    "sentinels": (
        "Sentinel, which says where the server is and has its own connection pool",
        {"unix_socket_path", "connection_pool_class", *_POOLS},
    ),
    "startup_nodes": (
        "a cluster, which has one database, 0, and its own connection pools",
        {"db", "unix_socket_path", "sentinels", "connection_pool_class", *_POOLS},
    ),
}


def _create_client(config: Config, prefix: str, options: _Values) -> t.Any:
    client_class = _read_class(config, prefix)
    is_cluster = issubclass(client_class, redis.RedisCluster)
    is_redis_pys = issubclass(client_class, (redis.StrictRedis, redis.RedisCluster))
    parameters = _parameters(client_class)
    if is_redis_pys:
        parameters.update((name, _KINDS[name]) for name in _OWN)
    for name in options.keys() - parameters.keys():
        raise TypeError(
            f"The option {name!r} for {prefix!r} is no parameter of the client's "
            "class. Is it misspelt?"
        )
    in_code = {f"{prefix}_{name.upper()}": value for name, value in options.items()}
    in_url = _read_url(config, prefix, parameters)
    arguments: _Values = {}
    for place in (
        _read_settings(in_code, prefix, parameters),
        _read_settings(config, prefix, parameters),
        in_url,
    ):
        if any(place.get(name) is not None for name in _SERVERS):
            arguments = {k: v for k, v in arguments.items() if k not in _SERVERS}
        arguments.update(place)
    if str(arguments.get("host")).startswith("/"):
        arguments["unix_socket_path"] = arguments.pop("host")
    _check_together(prefix, {**arguments, "startup_nodes": is_cluster})
    if is_redis_pys:
        arguments = {**_defaults(parameters, arguments), **arguments}
    make = _make_cluster_client if is_cluster else _make_client
    client = make(client_class, prefix, arguments)
    if in_url.keys() & {"host", "unix_socket_path"}:
        for name in in_url.keys() & _WRITTEN_BACK:
            config[f"{prefix}_{name.upper()}"] = in_url[name]
    return client


def _read_class(config: Config, prefix: str) -> type:
    setting = f"{prefix}_CLASS"
    expected = "a class or its dotted path, such as 'redis.StrictRedis'"
    value = config.get(setting)
    if value in (None, ""):
        url = config.get(f"{prefix}_URL")
        has_nodes = not url and config.get(f"{prefix}_STARTUP_NODES")
        is_cluster = has_nodes or str(url).partition("://")[0].endswith("+cluster")
        return redis.RedisCluster if is_cluster else redis.StrictRedis
    if isinstance(value, str):
        # What is no dotted path may be a password that went astray: not shown.
        names = value.split(".")
        if len(names) == 1 or not all(map(str.isidentifier, names)):
            raise ImportError(f"{setting} must be {expected}.")
        try:
            value = import_string(value)
        except ImportError as error:
            raise ImportError(
                f"{setting} must be {expected}; {value!r} cannot be imported."
            ) from error
    if not isinstance(value, type):
        raise TypeError(f"{setting} must be {expected}.")
    return value


def _parameters(client_class: type) -> _Parameters:
    """The named parameters of a class's constructor, and what each takes.

    A constructor with ``**kwargs`` hands them on to the next class, so that
    one's parameters count too; after the last class, redis-py's own client's.
    """
    parameters: _Parameters = {}
    takes_more = True
    for owner in (*client_class.__mro__, redis.StrictRedis):
        if takes_more and "__init__" in vars(owner):
            # signature() sees through decorators, as getfullargspec() does not.
            _, *rest = inspect.signature(vars(owner)["__init__"]).parameters.values()
            for each in rest:
                # redis-py 5 and earlier has the old names too, but deprecated.
                deprecated = owner is redis.StrictRedis and each.name in _OLD_NAMES
                named = each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
                if named and not deprecated:
                    by_default = _KINDS.get(type(each.default).__name__)
                    parameters.setdefault(each.name, _KINDS.get(each.name, by_default))
            takes_more = any(each.kind is each.VAR_KEYWORD for each in rest)
    # The setting of this name is the extension's own.
    parameters.pop("url", None)
    return parameters


def _read_settings(
    config: t.Mapping[str, t.Any], prefix: str, parameters: _Parameters
) -> _Values:
    # Old names come first, so that new ones win.
    names = {old: new for old, new in _OLD_NAMES.items() if new in parameters}
    names.update((name, name) for name in parameters)
    return {
        parameter: _convert(setting, config[setting], parameters[parameter])
        for name, parameter in names.items()
        if (setting := f"{prefix}_{name.upper()}") in config
    }


def _read_url(config: Config, prefix: str, parameters: _Parameters) -> _Values:
    setting = f"{prefix}_URL"
    url = config.get(setting)
    if url in (None, ""):
        return {}
    given = _convert(setting, url, _KINDS["url"])
    if not given.keys() <= parameters.keys():
        raise ValueError(
            f"{setting} has a part or an option that the client's class does not take. "
            "It is not shown, since it may be a piece of a password."
        )
    return {
        name: _convert(f"{setting}: {name}", value, parameters[name])
        for name, value in given.items()
    }


def _url(value: t.Any) -> _Values:
    """The parameters that a URL gives, its options, nodes and database still text.

    redis-py reads the address. What it would pass over or guess is refused, as
    is an option that says again what the address says; only ``?db=`` goes
    before the path, as redis-py has it.
    """
    if not isinstance(value, str) or "#" in value:
        raise ValueError
    address, _, query = value.partition("?")
    for pattern in _DEPLOYMENTS:
        if found := re.fullmatch(pattern, address):
            nodes = {k: unquote(v) for k, v in found.groupdict().items()}
            scheme, credentials, *_, path = found.groups("")
            given = _url(f"{scheme}{credentials}host:1{path}?{query}")
            del given["host"], given["port"]
            return {**given, **nodes}
    parts = urlsplit(address)
    read = redis.ConnectionPool.from_url(address).connection_kwargs
    options = parse_qs(query, keep_blank_values=True)
    names = ("host", "port", "username", "password")
    given = {name: read[name] for name in names if name in read}
    absent: _Values = {"db": 0}
    if parts.scheme == "unix":
        if not parts.path or parts.netloc.rpartition("@")[2]:
            raise ValueError
        given["unix_socket_path"] = read["path"]
    else:
        in_path = re.fullmatch(r"(?:/(\d+))?/?", parts.path, re.ASCII)
        if parts.port == 0 or in_path is None:
            raise ValueError
        absent.update(host="localhost", port=6379, db=in_path[1] or 0)
    if parts.scheme == "rediss":
        given["ssl"] = True
    if options.keys() & {*given, *_SERVERS, "port", "service_name"}:
        raise ValueError
    return {**absent, **{name: values[0] for name, values in options.items()}, **given}


#: URLs of several servers. Without the named parts they are those of one.
_DEPLOYMENTS = (
    r"(rediss?)\+cluster(://([^/]*@)?)(?P<startup_nodes>[^/]+)(/.*)?",
    r"(rediss?)\+sentinel(://([^/]*@)?)(?P<sentinels>[^/]+)/(?P<service_name>[^/@]+)(/.*)?",
)


def _check_together(prefix: str, arguments: _Values) -> None:
    given = {name for name, value in arguments.items() if value}
    for name in given & _EXCLUDED.keys():
        what, others = _EXCLUDED[name]
        for other in given & others:
            raise ValueError(
                f"{prefix}_{other.upper()} (or {other} in {prefix}_URL) does not go "
                f"with {what}."
            )
    if "sentinels" in given and "service_name" not in given:
        raise ValueError(f"{prefix}_SENTINELS needs {prefix}_SERVICE_NAME.")
    if "service_name" in given and not given & _SERVERS:
        raise ValueError(f"{prefix}_SERVICE_NAME needs {prefix}_SENTINELS.")
    pool_class = arguments.get("connection_pool_class") or redis.ConnectionPool
    if "connection_pool_timeout" in given and "timeout" not in _parameters(pool_class):
        raise ValueError(
            f"{prefix}_CONNECTION_POOL_TIMEOUT needs a {prefix}_CONNECTION_POOL_CLASS "
            "that waits, such as 'redis.BlockingConnectionPool'."
        )


def _defaults(parameters: _Parameters, arguments: _Values) -> _Values:
    """Where this extension has other defaults than the installed redis-py."""
    defaults: _Values = {}
    # What CLIENT LIST shows.
    if not arguments.keys() & {"driver_info", "lib_name", "lib_version"}:
        if "driver_info" in parameters:
            driver = redis.DriverInfo()
            driver.add_upstream_driver("flask-and-redis", __version__)
            defaults["driver_info"] = driver
        elif "lib_name" in parameters:
            defaults["lib_name"] = f"redis-py(flask-and-redis_v{__version__})"
    # As since redis-py 6: whose certificate it is counts too.
    verifies = arguments.get("ssl_cert_reqs", "required") not in (None, "none", 0)
    if arguments.get("ssl") and verifies and "ssl_check_hostname" in parameters:
        defaults["ssl_check_hostname"] = True
    return defaults


def _check_takes(setting: str, made: type, arguments: _Values) -> None:
    try:
        inspect.signature(made).bind(**arguments)
    except (TypeError, ValueError) as error:
        # Its text has names only. What a constructor itself says may have values.
        raise TypeError(f"{setting} does not go with the settings: {error}.") from None


def _make_client(client_class: type, prefix: str, arguments: _Values) -> t.Any:
    """A client made in the ordinary way, so that each setting finds its place. The
    pool that the settings ask for then makes connections as its first one would."""
    own = {name: arguments.pop(name) for name in _OWN if name in arguments}
    _check_takes(f"{prefix}_CLASS", client_class, arguments)
    client: t.Any = client_class(**arguments)
    pool_class = own.get("connection_pool_class")
    if not (pool_class or own.get("sentinels")):
        return client
    first, usual = client.connection_pool, redis.ConnectionPool()
    # What any pool adds to its arguments is for itself.
    added = usual.connection_kwargs
    kwargs = {k: v for k, v in first.connection_kwargs.items() if k not in added}
    bound = first.max_connections
    if arguments.get("max_connections") or bound != usual.max_connections:
        # Else left out, since some pools prepare for all of an unset 2**31.
        kwargs["max_connections"] = bound
    if getattr(first, "cache", None):
        kwargs["cache"] = first.cache
    if "maint_notifications_config" in arguments:
        kwargs["maint_notifications_config"] = arguments["maint_notifications_config"]
    if pool_class:
        if "connection_pool_timeout" in own:
            kwargs["timeout"] = own["connection_pool_timeout"]
        kwargs["connection_class"] = first.connection_class
        _check_takes(f"{prefix}_CONNECTION_POOL_CLASS", pool_class, kwargs)
        client.connection_pool = pool_class(**kwargs)
    elif first.connection_class in (redis.Connection, redis.SSLConnection):
        kwargs["ssl"] = first.connection_class is redis.SSLConnection
        client.connection_pool = _sentinel_pool(own, {**arguments, **kwargs}, kwargs)
    else:
        raise ValueError(
            f"{prefix}_SENTINELS, or a {prefix}_URL with sentinels, does not go with "
            f"{prefix}_CLASS, whose connections are not redis-py's own."
        )
    return client


def _sentinel_pool(own: _Values, known: _Values, kwargs: _Values) -> t.Any:
    inherited = ("socket_", "ssl", "driver_info", "lib_")
    for_sentinels = {
        **{name: value for name, value in known.items() if name.startswith(inherited)},
        "username": own.get("sentinel_username"),
        "password": own.get("sentinel_password"),
        **(own.get("sentinel_kwargs") or {}),
    }
    others = own.get("min_other_sentinels") or 0
    sentinel = redis.Sentinel(  # type: ignore[no-untyped-call]
        own["sentinels"], others, for_sentinels
    )
    return redis.SentinelConnectionPool(  # type: ignore[no-untyped-call]
        own["service_name"], sentinel, is_master=not own.get("role"), **kwargs
    )


def _make_cluster_client(client_class: type, prefix: str, arguments: _Values) -> t.Any:
    arguments = {k: v for k, v in arguments.items() if k not in {"db", *_OWN}}
    if not arguments.get("startup_nodes"):
        # As with one server. redis-py's own class looks for no cluster there.
        arguments["host"] = arguments.get("host") or "localhost"
        arguments["port"] = arguments.get("port") or 6379
    _check_takes(f"{prefix}_CLASS", client_class, arguments)
    body = {"__module__": client_class.__module__}
    return type(client_class.__name__, (_LateStart, client_class), body)(arguments)


class _LateStart:
    """Mixed into a cluster's class, whose constructor connects, to run it at first
    use: an app starts while its cluster is down. A failed start is tried again.

    Threads that come first together each start a client, and one of these is kept.
    With a lock they would wait for each other while the cluster hangs, and a process
    that is forked meanwhile would wait for ever.
    """

    def __init__(self, arguments: _Values) -> None:
        self._arguments = arguments

    def __getattr__(self, name: str) -> t.Any:
        # What the constructor sets is not there before. It sets no such names.
        if name.startswith("__"):
            raise AttributeError(name)
        if "_started" not in vars(self):
            _, client_class = type(self).__bases__
            arguments = dict(self._arguments)
            if nodes := arguments.get("startup_nodes"):
                # Made for each start, since redis-py keeps a node's client in it.
                make_node: t.Any = redis.cluster.ClusterNode
                arguments["startup_nodes"] = [make_node(*node) for node in nodes]
            started = client_class(**arguments)
            if vars(self).setdefault("_started", started) is started:
                # So that names are found here from now on.
                vars(self).update(vars(started))
            else:
                started.disconnect_connection_pools()
        return getattr(self._started, name)

    def close(self) -> None:
        if "_started" in vars(self):
            super().close()  # type: ignore[misc]


# What a parameter takes. Settings often come from the environment, as text or
# read as JSON, and become what redis-py expects, or an error that names them.


def _convert(label: str, value: t.Any, kind: _Kind | None) -> t.Any:
    if value is None or kind is None:
        return value
    convert, expected = kind
    try:
        return convert(value)
    except (ImportError, LookupError, OverflowError, TypeError, ValueError):
        pass
    # Raised out here to chain no error that quotes the value: it may be secret.
    raise ValueError(f"{label} must be {expected}.")


def _number(number_type: type, least: float = -1e308, most: float = 1e308) -> _Convert:
    def convert(value: t.Any) -> t.Any:
        number = number_type(value)
        is_same = isinstance(value, str) or number == value
        if isinstance(value, bool) or not is_same or not least <= number <= most:
            raise ValueError
        return number

    return convert


def _check(is_right: t.Callable[[t.Any], bool]) -> _Convert:
    def convert(value: t.Any) -> t.Any:
        if not is_right(value):
            raise ValueError
        return value

    return convert


def _text(value: t.Any) -> t.Any:
    # 12345 read as JSON is its text again. What 1e5 or true was cannot be told.
    return str(value) if type(value) is int else os.fspath(value)


def _host(value: t.Any) -> t.Any:
    host = _text(value)
    if "/" in host:
        host = host.removeprefix("file://").removeprefix("unix://")
        if not host.startswith("/"):
            raise ValueError
    return host


def _nodes(value: t.Any, default_port: int) -> list[tuple[str, int]]:
    nodes = value.split(",") if isinstance(value, str) else value
    if not nodes or not isinstance(nodes, (list, tuple)):
        raise TypeError
    return [_node(node, default_port) for node in nodes]


def _node(value: t.Any, default_port: int) -> tuple[str, int]:
    if isinstance(value, redis.cluster.ClusterNode):
        return value.host, value.port
    if isinstance(value, str):
        found = re.fullmatch(r"(?:\[(.+)]|([^][:]+))(?::([0-9]+))?", value.strip())
        value = found and (found[1] or found[2], found[3] or default_port)
    host, port = value
    if not re.fullmatch(r"[^\s/@]+", host):
        raise ValueError
    return host, _number(int, 1, 65535)(port)


def _pool_class(value: t.Any) -> t.Any:
    pool_class = import_string(value) if isinstance(value, str) else value
    if not issubclass(pool_class, redis.ConnectionPool):
        raise TypeError
    return pool_class


def _sentinel_kwargs(value: t.Any) -> _Values:
    parameters = _parameters(redis.StrictRedis)
    for name in {"port", *_SERVERS, *_POOLS}:
        parameters.pop(name, None)
    return {k: _convert(k, v, parameters[k]) for k, v in dict(value).items()}


_IN_JSON = (str, bytes, int, float)
_ADDRESSES = "host:port,host:port or a list of such pairs, with ports from 1 to 65535"
_URLS = (
    "redis://[[user]:password@]host[:port][/db], "
    "redis+sentinel://[[user]:password@]host[:port][,host[:port]...]/service[/db], "
    "redis+cluster://[[user]:password@]host[:port][,host[:port]...], "
    "these with rediss for TLS, or unix://[[user]:password@]/path[?db=0]; then "
    "?name=value&name=value for options. A port is from 1 to 65535, the db a number, "
    "and what is special in a password percent-encoded"
)

#: By a parameter's name or else by the type of its default. A parameter that is
#: in neither way here takes what it is given.
_KINDS: dict[str, _Kind] = {
    name: kind
    for names, kind in {
        "bool socket_keepalive": (
            lambda value: ConfigParser.BOOLEAN_STATES[str(value).strip().lower()],
            "true or false (or yes or no, on or off, 1 or 0)",
        ),
        "int": (_number(int), "a whole number"),
        "float": (_number(float), "a number"),
        "db min_other_sentinels": (_number(int, 0), "a whole number, 0 or more"),
        "max_connections socket_read_size": (
            _number(int, 1),
            "a whole number, 1 or more",
        ),
        "port": (_number(int, 1, 65535), "a whole number from 1 to 65535"),
        "protocol": (_number(int, 2, 3), "a version of the Redis protocol, 2 or 3"),
        "ssl_min_version": (_number(int), "an ssl.TLSVersion or its number"),
        "socket_timeout socket_connect_timeout": (
            _number(float, 1e-6, 1e9),
            "a number of seconds, more than 0",
        ),
        "health_check_interval connection_pool_timeout": (
            _number(float, 0),
            "a number of seconds, or 0",
        ),
        "str unix_socket_path username password client_name ssl_password service_name"
        " sentinel_username sentinel_password": (
            _text,
            "text; put a number such as 1.5, or true, in quotes",
        ),
        "host": (_host, "a host, or the absolute path of a Unix socket"),
        "encoding": (
            _check(lambda name: "".encode(name) == b""),
            "an encoding of Python",
        ),
        "ssl_cert_reqs": (
            _check({"none", "optional", "required", 0, 1, 2}.__contains__),
            "none, optional or required",
        ),
        "role": ({"primary": False, "replica": True}.__getitem__, "primary or replica"),
        "sentinels": (lambda value: _nodes(value, 26379), _ADDRESSES),
        "startup_nodes": (lambda value: _nodes(value, 6379), _ADDRESSES),
        "sentinel_kwargs": (
            _sentinel_kwargs,
            "a dict of parameters of redis.StrictRedis",
        ),
        "connection_pool_class": (
            _pool_class,
            "a subclass of redis.ConnectionPool, or its dotted path",
        ),
        "load_balancing_strategy": (
            lambda value: redis.cluster.LoadBalancingStrategy(value),
            "a redis.cluster.LoadBalancingStrategy, such as round_robin",
        ),
        "address_remap cache cache_config connection_pool credential_provider"
        " driver_info event_dispatcher maint_notifications_config policy_resolver"
        " oss_cluster_maint_notifications_handler redis_connect_func retry"
        " ssl_ocsp_context": (
            _check(lambda value: not isinstance(value, (*_IN_JSON, list, dict))),
            "an object made in Python, which text cannot say",
        ),
        "retry_on_error socket_keepalive_options ssl_exclude_verify_flags"
        " ssl_include_verify_flags": (
            _check(lambda value: not isinstance(value, _IN_JSON)),
            "a list or dict made in Python, which text cannot say",
        ),
        "url": (_url, _URLS),
    }.items()
    for name in names.split()
}
