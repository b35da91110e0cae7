"""
flask_redis
~~~~~~~~~~~

The Redis extension for Flask, in four parts. Each uses only those below it.

1. :class:`Redis`, the object that is used as if it were the current app's client.
2. ``_ClientBuilder``, which makes a client from the settings of an app.
3. ``_LateStart``, which delays the connection of a cluster's client until first use.
4. The values that parameters and URLs accept.

:copyright: 2026 by the Flask-And-Redis authors.
:license: BSD-3-Clause, see LICENSE for the text.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import ipaddress
import os
import re
import sys
import types
import typing as t
import uuid
import weakref
from configparser import ConfigParser
from urllib.parse import parse_qs, unquote

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

# 1. The extension object.


class Redis:
    """The Redis client of the current Flask app.

    Each app that is registered with this object gets its own client, made from the
    app's settings and kept in ``app.extensions["redis"][prefix]``. One object can serve
    many apps, with one prefix on each. For a second database, create a second object.

    You can call all public methods of the client on the object, read its attributes,
    and use ``redis[key]`` and ``key in redis``. They use the client of the app whose
    context is active or, outside any context, of the app given to the constructor. A
    method that you store finds the current app each time it is called.

    ``with redis as client:`` gives the current client and leaves it open, because other
    threads use it too.

    :param app: the app to register, and to use outside a context. Default ``None``:
        call :meth:`init_app` later.
    :type app: flask.Flask or None
    :param str config_prefix: how the names of the settings begin. Default ``"REDIS"``,
        for ``REDIS_URL``, ``REDIS_HOST`` and so on.
    :param options: parameters of the client, such as ``decode_responses=True``. The
        app's settings override them.
    :raises ValueError, TypeError, ImportError: with an app, as :meth:`init_app` does.

    .. versionchanged:: 2.0
        Accepts client options. :meth:`init_app` uses the same prefix by default.
    .. versionchanged:: 0.4
        Added ``config_prefix``.
    .. versionadded:: 0.1
    """

    #: The class of the client registered last. It may be defined in an app factory, so
    #: a strong reference could keep an app alive.
    _last_class: weakref.ref[type] | None = None

    def __init__(
        self,
        app: Flask | None = None,
        config_prefix: str | None = None,
        **options: t.Any,
    ) -> None:
        self._app: Flask | None = None
        self._config_prefix = _check_prefix(config_prefix or "REDIS")
        self._options = options
        # Marks the apps that this object serves. A copy of it serves them too.
        self._token = uuid.uuid4().hex
        if app is not None:
            app = _without_proxy(app)
            self.init_app(app)
            self._app = app

    def init_app(self, app: Flask, config_prefix: str | None = None) -> None:
        """Read the settings of an app and create its client.

        The settings are read once; later changes have no effect. No connection is
        opened until the client is first used. If this raises an error, nothing was
        registered or changed, so you can fix the setting and call it again.

        The host, port (or Unix socket), database, user name and password in the URL
        of a single server are written to the settings of those names.

        :param flask.Flask app: the app to register. The object does not keep it alive.
        :param str config_prefix: how the names of this app's settings begin. Default:
            the prefix given to the constructor.
        :raises ValueError: if the app already has a client with this prefix, if this
            object already serves the app, or if a setting is invalid. The message
            names the setting. It does not show the value, which may be secret.
        :raises TypeError: if ``app`` is not a Flask app, if an option is not a
            parameter of the client, or if ``REDIS_CLASS`` is not a class.
        :raises ImportError: if ``REDIS_CLASS`` cannot be imported.

        .. versionchanged:: 2.0
            Supports Sentinel, Cluster and connection pool classes. Invalid settings,
            and one object under two prefixes on one app, raise an error.
        .. versionchanged:: 0.4
            Added ``config_prefix``.
        .. versionadded:: 0.3
        """
        app = _without_proxy(app)
        prefix = _check_prefix(config_prefix or self._config_prefix)
        if not hasattr(app, "extensions"):
            raise TypeError(
                f"app must be a Flask app, not {type(app).__name__}. A URL belongs in "
                f"app.config['{self._config_prefix}_URL'], a prefix in config_prefix."
            )
        clients = app.extensions.get("redis", {})
        served = app.extensions.get(_SERVED, {}).get(self._token)
        if served in clients:
            raise ValueError(
                f"This Redis object already serves the app {app.name!r} with the "
                f"prefix {served!r}. Create a second object for a second database."
            )
        if prefix in clients:
            raise ValueError(
                f"The app {app.name!r} already has a client with the prefix "
                f"{prefix!r}. Use another config_prefix."
            )
        client = _ClientBuilder(app.config, prefix, self._options).build()
        app.extensions.setdefault("redis", {})[prefix] = client
        app.extensions.setdefault(_SERVED, {})[self._token] = prefix
        self._last_class = weakref.ref(type(client))

    @property
    def connection(self) -> redis.StrictRedis:
        """The client of the current app.

        :raises RuntimeError: if there is no current app, or if it is not registered
            with this object.

        .. versionadded:: 0.4
        """
        return _find_client(self)

    # The commands are added below the class, as methods. This finds everything else.
    def __getattr__(self, name: str) -> t.Any:
        if name.startswith("_"):
            # Raises the usual error: private attributes of the client stay private.
            return object.__getattribute__(self, name)
        try:
            found = getattr(_find_client(self), name)
        except (RedisError, RedisClusterException) as error:
            # The client of a cluster connects to answer this.
            raise AttributeError(f"Cannot look up {name!r}: {error}") from error
        if isinstance(found, types.MethodType):
            return types.MethodType(_late_method(name, found.__func__), self)
        return found

    @property  # type: ignore[misc]
    def __class__(self) -> t.Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The class of the current client, so that the object passes as a client.

        Without a current client, it is the class of the client registered last.

        .. versionadded:: 2.0
        """
        try:
            return _find_client(self).__class__
        except Exception:  # noqa: BLE001
            # Nobody expects isinstance to raise, whatever is wrong with the app.
            return (self._last_class and self._last_class()) or type(self)

    def __dir__(self) -> list[str]:
        try:
            found: object = _find_client(self)
        except _NoClientError:
            found = self._last_class and self._last_class()
        names = (name for name in dir(found) if not name.startswith("_"))
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


class _NoClientError(RuntimeError, AttributeError):
    """There is no current client.

    A ``RuntimeError``, as Flask raises outside a context. Also an ``AttributeError``,
    so that ``hasattr(redis, name)`` never raises.
    """


#: Where an app keeps the prefix that each object serves, by the token of the object.
_SERVED = "flask-and-redis"

#: Returns the app whose context is active.
_current_app = current_app._get_current_object  # type: ignore[attr-defined]


def _check_prefix(prefix: str) -> str:
    if not isinstance(prefix, str) or not prefix.isidentifier():
        # Don't show it: it may be a misplaced URL with a password.
        raise ValueError("config_prefix must be an identifier, such as 'REDIS'.")
    return prefix


def _without_proxy(app: Flask) -> Flask:
    """Return the app itself if ``current_app`` was passed."""
    return app._get_current_object() if isinstance(app, LocalProxy) else app


def _find_client(of: Redis) -> redis.StrictRedis:
    """Return the client of the current app. Every call comes here, so it is short."""
    try:
        app = _current_app()
    except RuntimeError:
        app = of._app
        if app is None:
            raise _NoClientError(
                f"{of!r} has no current Flask app. Call init_app(app) once for each "
                "app, and use it in a request or in `with app.app_context()`."
            ) from None
    extensions = app.extensions
    try:
        client: redis.StrictRedis = extensions["redis"][extensions[_SERVED][of._token]]
    except KeyError:
        raise _NoClientError(
            f"The current app {app.name!r} is not registered with {of!r}. Call "
            "init_app(app) when you create the app, on the same object that you use."
        ) from None
    return client


def _late_method(name: str, method: t.Callable[..., t.Any]) -> t.Any:
    """Return a method that calls the one of the current client, and looks like it."""

    @functools.wraps(method)
    def call(self: Redis, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        return getattr(_find_client(self), name)(*args, **kwargs)

    return call


for _name, _method in inspect.getmembers(redis.StrictRedis, inspect.isfunction):
    if not _name.startswith("_") and _name not in vars(Redis):
        setattr(Redis, _name, _late_method(_name, _method))


#: The name that the class has in flask-redis, another project.
FlaskRedis = Redis


# 2. From the settings of one app to its client.

_Values = dict[str, t.Any]

#: The names that some settings had in earlier releases.
_OLD_NAMES = {"charset": "encoding", "errors": "encoding_errors", "user": "username"}

#: Parts of the URL of a single server that are written to the settings.
_WRITTEN_BACK = {"host", "port", "unix_socket_path", "db", "username", "password"}

#: Parameters of a connection pool itself, not of its connections.
_OF_POOLS = ("max_connections", "cache", "cache_config", "maint_notifications_config")

_POOLS = {"connection_pool", "single_connection_client"}
#: What a parameter excludes, and how an error goes on after "cannot be combined with".
_EXCLUDED = {
    "startup_nodes": (
        {"db", "unix_socket_path", "sentinels", "connection_pool_class", *_POOLS},
        "a cluster, which has only database 0, and its own connection pools",
    ),
    "sentinels": (
        {"unix_socket_path", "connection_pool_class", *_POOLS},
        "Sentinel, which finds the server, and has its own connection pool",
    ),
    "connection_pool_class": (_POOLS, "the class of a pool, which makes a new pool"),
}


class _ClientBuilder:
    """Makes the client for one prefix of one app.

    Parameters come from three places: settings override the options given in code, and
    the URL overrides both. ``build`` lists the steps; the methods are in its order.
    """

    def __init__(self, config: Config, prefix: str, options: _Values) -> None:
        self.config = config
        self.prefix = prefix
        self.options = options

    def build(self) -> t.Any:
        self.url = _split_url(self.setting("url"), self.config.get(self.setting("url")))
        self.client_class = self.find_class()
        self.is_cluster = issubclass(self.client_class, redis.RedisCluster)
        of_class = _parameters(self.client_class)
        redis_pys = (redis.StrictRedis, redis.RedisCluster)
        is_redis_pys = issubclass(self.client_class, redis_pys)
        self.kinds = {**_OWN_KINDS, **of_class} if is_redis_pys else of_class
        in_code, in_settings = self.read_options(), self.read_settings()
        in_url = self.read_url()
        arguments = self.merge(in_code, in_settings, in_url)
        if is_redis_pys:
            self.check_combination(arguments)
            arguments = {**self.defaults(arguments), **arguments}
        own = {name: arguments.pop(name) for name in arguments.keys() - of_class.keys()}
        client = self.make_client(arguments, own)
        self.write_back(in_url)
        return client

    def setting(self, name: str) -> str:
        return f"{self.prefix}_{name.upper()}"

    def find_class(self) -> type:
        setting = self.setting("class")
        expected = "a class or its dotted path, such as 'redis.StrictRedis'"
        value = self.config.get(setting)
        if value in (None, ""):
            nodes = self.options.get("startup_nodes")
            nodes = self.config.get(self.setting("startup_nodes"), nodes)
            is_cluster = "startup_nodes" in self.url or (nodes and not self.url)
            return redis.RedisCluster if is_cluster else redis.StrictRedis
        if isinstance(value, str):
            names = value.split(".")
            if len(names) == 1 or not all(map(str.isidentifier, names)):
                # Don't show it: a value that is not a dotted path may be a password.
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

    def read_options(self) -> _Values:
        for name in sorted(self.options.keys() - self.kinds.keys()):
            raise TypeError(
                f"The option {name!r} for {self.prefix!r} is not a parameter of the "
                "client's class. Is it misspelt?"
            )
        return self.convert(self.options, self.setting)

    def read_settings(self) -> _Values:
        given = {}
        for name in (*_OLD_NAMES, *self.kinds):
            if self.setting(name) in self.config:
                given[name] = self.config[self.setting(name)]
        return self.convert(given, self.setting)

    def read_url(self) -> _Values:
        url = self.setting("url")
        for name in sorted(self.url.keys() - self.kinds.keys()):
            # Don't show an unknown name: it may be part of a password.
            shown = name if name in _KINDS or name in _OWN_KINDS else "an option"
            raise ValueError(
                f"{url}: {shown} is not a parameter of the client's class. Check its "
                "spelling, and write ? in a password as %3F."
            )
        return self.convert(self.url, lambda name: f"{url}: the {name}")

    def convert(self, given: _Values, label: t.Callable[[str], str]) -> _Values:
        """Convert the values of one place, which ``label`` names in errors."""
        # New names come last, so that they override old ones.
        names = {**_OLD_NAMES, **{name: name for name in self.kinds}}
        return {
            name: _convert(label(key), given[key], self.kinds[name])
            for key, name in names.items()
            if key in given and name in self.kinds
        }

    def merge(self, *places: _Values) -> _Values:
        merged: _Values = {}
        for place in places:
            if any(place.get(name) is not None for name in _SERVERS):
                merged = {k: v for k, v in merged.items() if k not in _SERVERS}
            merged.update(place)
        if str(merged.get("host")).startswith("/"):
            merged["unix_socket_path"] = merged.pop("host")
        return merged

    def check_combination(self, arguments: _Values) -> None:
        given = {name for name, value in arguments.items() if value}
        if self.is_cluster:
            given.add("startup_nodes")
        for name, (excluded, reason) in _EXCLUDED.items():
            for other in sorted(given & excluded) if name in given else ():
                raise ValueError(
                    f"{self.setting(other)} (or {other} in {self.setting('url')}) "
                    f"cannot be combined with {reason}."
                )
        sentinels, service = self.setting("sentinels"), self.setting("service_name")
        if "sentinels" in given and "service_name" not in given:
            raise ValueError(f"{sentinels} requires {service}.")
        if "service_name" in given and not given & _SERVERS:
            raise ValueError(f"{service} requires {sentinels}.")
        pool_class = arguments.get("connection_pool_class") or redis.ConnectionPool
        waits = "timeout" in _parameters(pool_class)
        if "connection_pool_timeout" in arguments and not waits:
            raise ValueError(
                f"{self.setting('connection_pool_timeout')} requires a "
                f"{self.setting('connection_pool_class')} that waits, such as "
                "'redis.BlockingConnectionPool'."
            )

    def defaults(self, arguments: _Values) -> _Values:
        """Return the defaults that differ from those of the installed redis-py."""
        defaults: _Values = {}
        # CLIENT LIST shows this name.
        if not arguments.keys() & {"driver_info", "lib_name", "lib_version"}:
            if "driver_info" in self.kinds:
                driver = redis.DriverInfo()
                driver.add_upstream_driver("flask-and-redis", __version__)
                defaults["driver_info"] = driver
            elif "lib_name" in self.kinds:
                defaults["lib_name"] = f"redis-py(flask-and-redis_v{__version__})"
        # The default of redis-py 6 and later, for earlier releases too.
        verifies = arguments.get("ssl_cert_reqs", "required") not in (None, "none", 0)
        if arguments.get("ssl") and verifies and "ssl_check_hostname" in self.kinds:
            defaults["ssl_check_hostname"] = True
        return defaults

    def make_client(self, arguments: _Values, own: _Values) -> t.Any:
        if self.is_cluster:
            return self.cluster_client(arguments)
        self.check_accepts("class", self.client_class, arguments)
        client = self.client_class(**arguments)
        if own.get("sentinels"):
            client.connection_pool = self.sentinel_pool(client, arguments, own)
        elif own.get("connection_pool_class"):
            client.connection_pool = self.own_pool(client, arguments, own)
        return client

    def check_accepts(self, name: str, made: type, arguments: _Values) -> None:
        try:
            inspect.signature(made).bind(**arguments)
        except (TypeError, ValueError) as error:
            # This error shows only names. One that the constructor raises may not.
            raise TypeError(
                f"{self.setting(name)} cannot be called with these settings: {error}."
            ) from None

    def cluster_client(self, arguments: _Values) -> t.Any:
        client_class = self.client_class
        arguments.pop("db", None)
        nodes = arguments.get("startup_nodes")
        if not nodes:
            # The defaults of a single server. The class of a cluster has none.
            arguments["host"] = arguments.get("host") or "localhost"
            arguments["port"] = arguments.get("port") or 6379
        self.check_accepts("class", client_class, arguments)

        def start() -> t.Any:
            # New nodes for each start: redis-py keeps a node's client in the node.
            node: t.Any = redis.cluster.ClusterNode
            made = {"startup_nodes": [node(*pair) for pair in nodes]} if nodes else {}
            return client_class(**{**arguments, **made})

        body = {"__module__": client_class.__module__}
        return type(client_class.__name__, (_LateStart, client_class), body)(start)

    def own_pool(self, client: t.Any, arguments: _Values, own: _Values) -> t.Any:
        kwargs = self.pool_arguments(client, arguments)
        kwargs["connection_class"] = client.connection_pool.connection_class
        if "connection_pool_timeout" in own:
            kwargs["timeout"] = own["connection_pool_timeout"]
        pool_class = own["connection_pool_class"]
        self.check_accepts("connection_pool_class", pool_class, kwargs)
        return pool_class(**kwargs)

    def sentinel_pool(self, client: t.Any, arguments: _Values, own: _Values) -> t.Any:
        connection_class = client.connection_pool.connection_class
        if connection_class not in (redis.Connection, redis.SSLConnection):
            # Sentinel has connections of its own: a fake client would use real servers.
            raise ValueError(
                f"{self.setting('sentinels')} (or a URL for Sentinel) cannot be "
                f"combined with the connections of {self.setting('class')}."
            )
        kwargs = self.pool_arguments(client, arguments)
        kwargs["ssl"] = connection_class is redis.SSLConnection
        known = {**arguments, **kwargs}
        inherited = ("socket_", "ssl", "driver_info", "lib_")
        for_sentinels = {
            **{name: known[name] for name in known if name.startswith(inherited)},
            "username": own.get("sentinel_username"),
            "password": own.get("sentinel_password"),
            **(own.get("sentinel_kwargs") or {}),
        }
        kwargs["sentinel_manager"] = redis.Sentinel(  # type: ignore[no-untyped-call]
            own["sentinels"], own.get("min_other_sentinels") or 0, for_sentinels
        )
        kwargs["is_master"] = own.get("role") != "replica"
        service: str = own["service_name"]
        return redis.SentinelConnectionPool(service, **kwargs)  # type: ignore[no-untyped-call]

    def pool_arguments(self, client: t.Any, arguments: _Values) -> _Values:
        """Return what a pool needs to make connections like those of the first pool.

        They are read from that pool, since a subclass may have parameters of its own.
        """
        # Each pool adds these itself.
        added = redis.ConnectionPool().connection_kwargs
        used = client.connection_pool.connection_kwargs
        of_pool = {k: arguments[k] for k in _OF_POOLS if arguments.get(k) is not None}
        return {**{k: used[k] for k in used if k not in added}, **of_pool}

    def write_back(self, in_url: _Values) -> None:
        if in_url.keys() & {"host", "unix_socket_path"}:
            for name in in_url.keys() & _WRITTEN_BACK:
                self.config[self.setting(name)] = in_url[name]


# 3. The late start of a cluster's client.


class _LateStart:
    """A base for the client of a cluster, whose constructor connects.

    The client is made when it is first used, so an app starts while its cluster is
    down. A failed start is repeated at the next use.

    Threads that come first at the same time each make a client, and one of these is
    kept. There is no lock: threads would wait for each other while the cluster hangs,
    and a process that is forked in the meantime would wait forever.
    """

    def __init__(self, start: t.Callable[[], t.Any]) -> None:
        self._start = start

    def __getattr__(self, name: str) -> t.Any:
        # What the constructor sets is missing until the start. That is never a dunder,
        # and copy.copy() looks for dunders.
        if name.startswith("__"):
            raise AttributeError(name)
        if "_started" not in vars(self):
            started = self._start()
            if vars(self).setdefault("_started", started) is started:
                # From now on, attributes are found without coming here.
                vars(self).update({**vars(started), **vars(self)})
            else:
                started.disconnect_connection_pools()
        return getattr(self._started, name)

    def close(self) -> None:
        if "_started" in vars(self):
            super().close()  # type: ignore[misc]


# 4. The values. Many come from the environment, as strings or as parsed JSON.


class _Kind(t.NamedTuple):
    """A kind of value: how errors describe it, and how a given value becomes one."""

    expected: str
    convert: t.Callable[..., t.Any]
    args: tuple[t.Any, ...] = ()


def _convert(label: str, value: t.Any, kind: _Kind | None) -> t.Any:
    if value is None or kind is None:
        return value
    errors = (ImportError, LookupError, OverflowError, TypeError, ValueError)
    with contextlib.suppress(*errors):
        return kind.convert(value, *kind.args)
    # Raised out here, so that no error is chained that shows the value.
    raise ValueError(f"{label} must be {kind.expected}.")


def _boolean(value: t.Any) -> bool:
    return ConfigParser.BOOLEAN_STATES[str(value).strip().lower()]


def _number(value: t.Any, number_type: type, least: float, most: float) -> t.Any:
    number = number_type(value)
    is_same = number == value
    if isinstance(value, str):
        # Python also reads 6_379, and the digits of other scripts.
        is_same = value.isascii() and "_" not in value
    if isinstance(value, bool) or not is_same or not least <= number <= most:
        raise ValueError
    return number


def _string(value: t.Any) -> t.Any:
    # JSON turns 12345 into an integer; str() restores it. It cannot restore 1.50.
    return str(value) if type(value) is int else os.fspath(value)


def _match(value: str, pattern: str) -> re.Match[str]:
    if not (found := re.fullmatch(pattern, value, re.DOTALL)):
        raise ValueError
    return found


def _host(value: t.Any) -> str:
    host: str = _string(value).removeprefix("file://").removeprefix("unix://")
    if ":" in host and not host.startswith("/"):
        host = host[1:-1] if re.fullmatch(r"\[.*]", host) else host
        return str(ipaddress.IPv6Address(host))
    return _match(host, r"/.*|[\w.-]+")[0]


def _nodes(value: t.Any, default_port: int) -> list[tuple[str, int]]:
    nodes = value.split(",") if isinstance(value, str) else value
    if not nodes or not isinstance(nodes, (list, tuple)):
        raise TypeError
    return [_node(node, default_port) for node in nodes]


def _node(value: t.Any, default_port: int) -> tuple[str, int]:
    if isinstance(value, str):
        found = _match(value.strip(), r"(\[.+]|[^][:]+)(?::([0-9]+))?")
        value = found[1], found[2] or default_port
    host, port = value
    if "/" in host:
        raise ValueError
    return _host(host), _number(port, *_PORT.args)


def _pool_class(value: t.Any) -> t.Any:
    pool_class = import_string(value) if isinstance(value, str) else value
    if not issubclass(pool_class, redis.ConnectionPool):
        raise TypeError
    return pool_class


def _sentinel_kwargs(value: t.Any) -> _Values:
    # The sentinels are in another parameter.
    if not dict(value).keys() <= _parameters(redis.Redis).keys() - {"host", "port"}:
        raise ValueError
    return dict(value)


def _encoding(value: t.Any) -> t.Any:
    "".encode(value)
    return value


def _one_of(value: t.Any, *allowed: t.Any) -> t.Any:
    return allowed[allowed.index(value)]


def _unlike(value: t.Any, *types: type) -> t.Any:
    if isinstance(value, types):
        raise TypeError
    return value


_SCALARS = (str, bytes, int, float)
_JSON = (*_SCALARS, list, dict)
_MOST = sys.float_info.max
_PAIRS = "host:port,host:port or a list of such pairs, with ports from 1 to 65535"

_BOOLEAN = _Kind("true or false (or yes or no, on or off, 1 or 0)", _boolean)
_INTEGER = _Kind("an integer", _number, (int, -_MOST, _MOST))
_INDEX = _Kind("an integer, 0 or more", _number, (int, 0, _MOST))
_COUNT = _Kind("an integer, 1 or more", _number, (int, 1, _MOST))
_PORT = _Kind("an integer from 1 to 65535", _number, (int, 1, 65535))
_PROTOCOL = _Kind("2 or 3, a version of the protocol", _number, (int, 2, 3))
_TLS_VERSION = _Kind("an ssl.TLSVersion or its number", _number, _INTEGER.args)
_NUMBER = _Kind("a number", _number, (float, -_MOST, _MOST))
_SECONDS = _Kind("a number of seconds, 0 or more", _number, (float, 0, _MOST))
_TIMEOUT = _Kind("a number of seconds greater than 0", _number, (float, 1e-6, 1e9))
_STRING = _Kind("a string; put a value such as 1.5 or true in quotes", _string)
_HOST = _Kind("a host without a port, or the absolute path of a Unix socket", _host)
_ENCODING = _Kind("the name of a Python encoding", _encoding)
_VERIFY_MODE = _Kind(
    "none, optional or required", _one_of, ("none", "optional", "required", 0, 1, 2)
)
_ROLE = _Kind("primary or replica", _one_of, ("primary", "replica"))
_SENTINELS = _Kind(_PAIRS, _nodes, (26379,))
_NODES = _Kind(_PAIRS, _nodes, (6379,))
_POOL_CLASS = _Kind("a class of redis.ConnectionPool or its path", _pool_class)
_STRATEGY = _Kind(
    # redis-py 4 has neither this class nor the parameter.
    "a redis.cluster.LoadBalancingStrategy, such as round_robin",
    getattr(redis.cluster, "LoadBalancingStrategy", str),
)
_SENTINEL_KWARGS = _Kind("a dict of parameters of redis.Redis", _sentinel_kwargs)
_COLLECTION = _Kind("a list or dict, not a string or number", _unlike, _SCALARS)
_OBJECT = _Kind("a Python object, not a string, number, list or dict", _unlike, _JSON)

#: What the parameters of this extension accept.
_OWN_KINDS: dict[str, _Kind | None] = {
    "connection_pool_class": _POOL_CLASS,
    "connection_pool_timeout": _SECONDS,
    "sentinels": _SENTINELS,
    "service_name": _STRING,
    "role": _ROLE,
    "min_other_sentinels": _INDEX,
    "sentinel_username": _STRING,
    "sentinel_password": _STRING,
    "sentinel_kwargs": _SENTINEL_KWARGS,
}

#: What the parameters of redis-py accept. The last ones are those of a cluster.
_KINDS: dict[str, _Kind | None] = {
    "host": _HOST,
    "port": _PORT,
    "db": _INDEX,
    "password": _STRING,
    "username": _STRING,
    "unix_socket_path": _STRING,
    "connection_pool": _OBJECT,
    "socket_timeout": _TIMEOUT,
    "socket_connect_timeout": _TIMEOUT,
    "socket_read_size": _COUNT,
    "socket_keepalive": _BOOLEAN,
    "socket_keepalive_options": _COLLECTION,
    "encoding": _ENCODING,
    "encoding_errors": _STRING,
    "decode_responses": _BOOLEAN,
    "retry": _OBJECT,
    "retry_on_timeout": _BOOLEAN,
    "retry_on_error": _COLLECTION,
    "ssl": _BOOLEAN,
    "ssl_keyfile": _STRING,
    "ssl_certfile": _STRING,
    "ssl_cert_reqs": _VERIFY_MODE,
    "ssl_include_verify_flags": _COLLECTION,
    "ssl_exclude_verify_flags": _COLLECTION,
    "ssl_ca_certs": _STRING,
    "ssl_ca_path": _STRING,
    "ssl_ca_data": _STRING,
    "ssl_check_hostname": _BOOLEAN,
    "ssl_password": _STRING,
    "ssl_validate_ocsp": _BOOLEAN,
    "ssl_validate_ocsp_stapled": _BOOLEAN,
    "ssl_ocsp_context": _OBJECT,
    "ssl_ocsp_expected_cert": _STRING,
    "ssl_min_version": _TLS_VERSION,
    "ssl_ciphers": _STRING,
    "max_connections": _COUNT,
    "single_connection_client": _BOOLEAN,
    "health_check_interval": _SECONDS,
    "client_name": _STRING,
    "driver_info": _OBJECT,
    "redis_connect_func": _OBJECT,
    "credential_provider": _OBJECT,
    "protocol": _PROTOCOL,
    "legacy_responses": _BOOLEAN,
    "cache": _OBJECT,
    "cache_config": _OBJECT,
    "event_dispatcher": _OBJECT,
    "maint_notifications_config": _OBJECT,
    "oss_cluster_maint_notifications_handler": _OBJECT,
    "startup_nodes": _NODES,
    "cluster_error_retry_attempts": _INTEGER,
    "require_full_coverage": _BOOLEAN,
    "reinitialize_steps": _INTEGER,
    "read_from_replicas": _BOOLEAN,
    "load_balancing_strategy": _STRATEGY,
    "dynamic_startup_nodes": _BOOLEAN,
    "address_remap": _OBJECT,
    "policy_resolver": _OBJECT,
}

#: For a parameter without a row, by the type of its default. Otherwise, any value.
_KINDS_BY_TYPE = {bool: _BOOLEAN, int: _INTEGER, float: _NUMBER, str: _STRING}


def _parameters(made: type) -> dict[str, _Kind | None]:
    """Return the parameters of a class's constructor, with what each accepts.

    A constructor with ``**kwargs`` is taken to pass these on to the next class, and in
    the end to redis-py's client. A class without a constructor has no parameters.
    """
    parameters: dict[str, _Kind | None] = {}
    owners = [each for each in made.__mro__[:-1] if "__init__" in vars(each)]
    for owner in (*owners, redis.StrictRedis) if owners else ():
        # signature() follows decorators; getfullargspec() does not.
        _, *rest = inspect.signature(vars(owner)["__init__"]).parameters.values()
        for each in rest:
            # In redis-py 5 and earlier, old names are deprecated parameters.
            is_old = owner is redis.StrictRedis and each.name in _OLD_NAMES
            is_named = each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
            if is_named and not is_old:
                by_type = _KINDS_BY_TYPE.get(type(each.default))
                parameters.setdefault(each.name, _KINDS.get(each.name, by_type))
        if not any(each.kind is each.VAR_KEYWORD for each in rest):
            break
    # The setting of this name is the extension's own.
    parameters.pop("url", None)
    return parameters


#: Each of these says where to connect, and overrides all of them in earlier places.
_SERVERS = {"host", "unix_socket_path", "connection_pool", "sentinels", "startup_nodes"}


class _Form(t.NamedTuple):
    """What follows the user name and password in a URL."""

    #: The parameter in the place of the host, or "" if there is none.
    hosts: str
    #: What the path is, for an error.
    expected: str
    #: Its pattern, with groups named like the parameters.
    pattern: str


_DB = r"(?:/(?P<db>[0-9]+))?/?"
_SERVICE = "the service name, as in redis+sentinel://host:26379,host:26379/service/0"
_ONE = _Form("host", "a database number, as in redis://host:6379/0", _DB)
_UNIX = _Form("", "absolute, as in unix:///run/redis.sock", "(?P<unix_socket_path>/.+)")
_SENTINEL = _Form("sentinels", _SERVICE, r"/(?P<service_name>[^/@]+)" + _DB)
_CLUSTER = _Form("startup_nodes", "0 or empty, as in redis+cluster://host,host", _DB)
_FORMS = {
    "redis": _ONE,
    "rediss": _ONE,
    "unix": _UNIX,
    "redis+sentinel": _SENTINEL,
    "rediss+sentinel": _SENTINEL,
    "redis+cluster": _CLUSTER,
    "rediss+cluster": _CLUSTER,
}
_SCHEME = _Kind(f"one of {', '.join(_FORMS)}, followed by ://", _FORMS.__getitem__)
_URL = _Kind("a string without #; write # in a password as %23", _match, ("[^#]*",))


def _split_url(setting: str, url: t.Any) -> _Values:
    """Return the parameters that a URL gives, as strings.

    An option cannot repeat a part of the address. Only ``?db=`` overrides the path, as
    in redis-py.
    """
    if url in (None, ""):
        return {}
    address, _, query = _convert(setting, url, _URL)[0].partition("?")
    scheme, _, rest = address.partition("://")
    form = _convert(f"{setting}: the scheme", scheme, _SCHEME)
    authority, slash, path = rest.partition("/")
    credentials, _, hosts = authority.rpartition("@")
    username, _, password = credentials.partition(":")
    # In a URL without hosts, something in their place makes the path relative.
    path = slash + path if form.hosts else hosts + slash + path
    kind = _Kind(
        f"{form.expected}. Write / in a password as %2F", _match, (form.pattern,)
    )
    found = _convert(f"{setting}: the path", path, kind).groupdict()
    found.update(username=username, password=password)
    if form is _ONE:
        host_and_port = r"(?P<host>\[.*](?=:|$)|[^:]*):?(?P<port>.*)"
        found.update(_match(hosts, host_and_port).groupdict())
    given = {name: unquote(value) for name, value in found.items() if value}
    if form is _ONE:
        given = {"host": "localhost", "port": "6379", **given}
    elif form.hosts:
        given[form.hosts] = unquote(hosts)
    if scheme.startswith("rediss"):
        given["ssl"] = "true"
    db = given.pop("db", "0")
    options = {k: v[0] for k, v in parse_qs(query, keep_blank_values=True).items()}
    for name in sorted(options.keys() & {*given, *_SERVERS, "port", "service_name"}):
        raise ValueError(f"{setting}: {name} belongs in the address, not in an option.")
    return {"db": db, **options, **given}
