"""The Redis extension for Flask, in four parts. Each uses only those below it.

1. :class:`Redis`, the object that is used as if it were the current app's client.
2. ``_ClientBuilder``, which makes a client from the settings of an app.
3. ``_LateStart``, which delays the connection of a cluster's client until first use.
4. The values that parameters and URLs accept.

:copyright: 2026 by the Flask-And-Redis authors.
:license: BSD-3-Clause, see LICENSE for the text.
"""

from __future__ import annotations

import codecs
import contextlib
import copy
import functools
import inspect
import ipaddress
import os
import re
import ssl
import types
import typing as t
import uuid
import weakref
from configparser import ConfigParser
from urllib.parse import parse_qs, unquote

import redis
import redis.cluster
from flask import Config, Flask, current_app
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import RedisClusterException, RedisError
from redis.retry import Retry
from werkzeug.local import LocalProxy
from werkzeug.utils import import_string

__all__ = ("FlaskRedis", "Redis")
__version__ = "2.0.0"

# 1. The extension object.


class Redis:
    """The Redis client of the current Flask app.

    Each app that is registered with this object gets its own client, made from the
    app's settings and kept in ``app.extensions["redis"][prefix]``. One object can serve
    many apps, with one prefix on each. For a second database, create a second object.

    You can call the client's public methods on the object, read its attributes, and use
    ``redis[key]`` and ``key in redis``. They use the client of the app whose context is
    active or, outside any context, of the app given to the constructor. A method that
    you store finds the current app each time it is called. ``with redis as client:``
    gives the current client and leaves it open, because other threads use it too.

    :param flask.Flask app: the app to register, and to use outside a context. Default
        ``None``: call :meth:`init_app` later.
    :param str config_prefix: how the names of the settings begin. Default ``"REDIS"``.
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
    _last_class: weakref.ref[type] = weakref.ref(redis.StrictRedis)

    def __init__(
        self,
        app: Flask | None = None,
        config_prefix: str | None = None,
        **options: t.Any,
    ) -> None:
        # Outside a context, the proxy current_app would lead to no app.
        self._app = app._get_current_object() if isinstance(app, LocalProxy) else app
        self._config_prefix = _check_prefix(config_prefix or "REDIS")
        self._options = options
        # Marks the apps that this object serves. A copy of it serves them too.
        self._token = uuid.uuid4().hex
        if self._app is not None:
            self.init_app(self._app)

    def init_app(self, app: Flask, config_prefix: str | None = None) -> None:
        """Read the settings of an app and create its client.

        The settings are read once, and no connection is opened until the client is
        used. If this raises an error, nothing was registered or changed, so you can fix
        the setting and call it again. The host, port (or Unix socket), database, user
        name and password in the URL of a single server are written to their settings.

        :param flask.Flask app: the app to register. The object does not keep it alive.
        :param str config_prefix: how the names of this app's settings begin. Default:
            the prefix given to the constructor.
        :raises ValueError: if the app already has a client with this prefix, if this
            object already serves the app, or if a setting is invalid. The message
            names the setting, not its value, which may be secret.
        :raises TypeError: if ``app`` is not a Flask app, if an option is not a
            parameter of the client, or if ``REDIS_CLASS`` is not a class.
        :raises ImportError: if ``REDIS_CLASS`` cannot be imported.

        .. versionchanged:: 2.0
            Invalid settings, and registering an object twice on an app, raise an error.
        .. versionchanged:: 0.4
            Added ``config_prefix``.
        .. versionadded:: 0.3
        """
        prefix = _check_prefix(config_prefix or self._config_prefix)
        if not hasattr(app, "extensions"):
            raise TypeError(
                f"app must be a Flask app, not {app.__class__.__name__}. "
                f"A URL belongs in app.config['{self._config_prefix}_URL'], "
                "a prefix in config_prefix."
            )
        clients = app.extensions.get("redis", {})
        served = app.extensions.get(_SERVED, {}).get(self._token)
        for taken in (served, prefix):
            if taken in clients:
                raise ValueError(
                    f"The app {app.name!r} already has a client with the prefix "
                    f"{taken!r}. For a second database, create a second Redis object "
                    "with another config_prefix."
                )
        client = _ClientBuilder(app.config, prefix, self._options).build()
        app.extensions.setdefault("redis", {})[prefix] = client
        app.extensions.setdefault(_SERVED, {})[self._token] = prefix
        self._last_class = weakref.ref(type(client))

    @property
    def connection(self) -> redis.StrictRedis:
        """The client of the current app.

        :raises RuntimeError: if there is no current app, or it is not registered here.

        .. versionadded:: 0.4
        """
        return _find_client(self)

    # The commands are added below the class, as methods. This finds everything else.
    def __getattr__(self, name: str) -> t.Any:
        if name.startswith("_"):
            # The usual error: private attributes of the client stay private.
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
        """The class of the current client, of the one registered last, or redis-py's.

        In a subclass, it is a class derived from both.
        """
        try:
            found = _find_client(self).__class__
        except Exception:  # noqa: BLE001
            # Nobody expects isinstance to raise, whatever is wrong with the app.
            found = self._last_class() or redis.StrictRedis
        own = type(self)
        if own is Redis:
            return found
        names = ("__module__", "__qualname__", "__doc__")
        body = {name: getattr(own, name) for name in names}
        with contextlib.suppress(TypeError):
            return type(own.__name__, (_Both, own, found), body)
        return own

    def __dir__(self) -> list[str]:
        try:
            found: object = _find_client(self)
        except _NoClientError:
            found = self._last_class()
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
    """There is no current client. ``hasattr(redis, name)`` is false then."""


#: Where an app keeps the prefix that each object serves, by the token of the object.
_SERVED = "flask-and-redis"
#: Returns the app whose context is active.
_current_app = current_app._get_current_object  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def _check_prefix(prefix: str) -> str:
    if not isinstance(prefix, str) or not prefix.isidentifier():
        # Don't show it: it may be a misplaced URL with a password.
        raise ValueError("config_prefix must be an identifier, such as 'REDIS'.")
    return prefix


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


class _Both:
    """The first base of the class that ``__class__`` derives from two others."""

    def __new__(cls, *args: t.Any, **kwargs: t.Any) -> t.Any:
        return cls.__bases__[-1](*args, **kwargs)

    def __init_subclass__(cls) -> None:
        """Keep that of a user's class from being called."""


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
#: Settings for which None means "no limit". For the others it means "not set".
_NO_LIMIT = {"SOCKET_TIMEOUT", "SOCKET_CONNECT_TIMEOUT", "CONNECTION_POOL_TIMEOUT"}
#: As options of a URL, these require Sentinel or TCP. As settings, they are ignored.
_OF_SENTINEL = ("role", "min_other_sentinels", "sentinel_username", "sentinel_password")
_OF_TCP = ("socket_connect_timeout", "socket_keepalive")
#: Parts of the URL of a single server that are written to the settings.
_WRITTEN_BACK = {"host", "port", "unix_socket_path", "db", "username", "password"}
#: Parameters of a connection pool itself, not of its connections.
_OF_POOLS = ("max_connections", "cache", "cache_config", "maint_notifications_config")
_POOLS = {"connection_pool", "single_connection_client"}
#: By the cause: which parameters it excludes, and how an error names it.
_EXCLUDED = {
    "cluster": (
        {"db", "unix_socket_path", "sentinels", "connection_pool_class", *_POOLS},
        "a cluster, which only has database 0, and its own connection pools",
    ),
    "sentinels": (
        {"unix_socket_path", "connection_pool_class", *_POOLS},
        "Sentinel, which finds the server, and has its own connection pool",
    ),
    "connection_pool_class": (_POOLS, "{}_CONNECTION_POOL_CLASS"),
    "unix_socket_path": ({"ssl"}, "a Unix socket, which has no TLS"),
    "credential_provider": ({"username", "password"}, "{}_CREDENTIAL_PROVIDER"),
    "no certificate": ({"ssl_check_hostname"}, "{}_SSL_CERT_REQS = none"),
}
#: What a parameter needs, and how an error names it.
_REQUIRED = {
    "sentinels": ("service_name", "{}_SERVICE_NAME"),
    "service_name": ("server", "{}_SENTINELS"),  # Beside a host, it is ignored.
    "connection_pool_timeout": ("waits", "a {}_CONNECTION_POOL_CLASS that waits"),
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
        self.settings = self.find_settings()
        self.url = _split_url(self.label("url"), self.settings.get("URL"))
        self.client_class = self.find_class()
        self.is_cluster = issubclass(self.client_class, redis.RedisCluster)
        is_redis = self.is_cluster or issubclass(self.client_class, redis.StrictRedis)
        of_class = _parameters(self.client_class)
        self.kinds = {**(_OWN_KINDS if is_redis else {}), **of_class}
        arguments = self.merge(self.find_names())
        if is_redis:
            self.check_combination(arguments)
            arguments = {**self.defaults(arguments), **arguments}
        own = {name: arguments.pop(name) for name in arguments.keys() - of_class.keys()}
        client = self.make_client(arguments, own)
        if self.url.keys() & {"host", "unix_socket_path"}:
            for name in _WRITTEN_BACK & self.url.keys() & arguments.keys():
                self.config[self.label(name)] = arguments[name]
        return client

    def label(self, name: str) -> str:
        return f"{self.prefix}_{name.upper()}"

    def find_settings(self) -> _Values:
        """Return the settings that are set, by their names without the prefix."""
        settings = {}
        for key, value in self.config.items():
            name = str(key).removeprefix(f"{self.prefix}_")
            # Platforms hand out "" or None for what is not set, and values with a line
            # end. A password may begin or end with a blank.
            if isinstance(value, str):
                is_password = name.endswith("PASSWORD")
                value = value.rstrip("\r\n") if is_password else value.strip()
            is_set = value != "" and (value is not None or name in _NO_LIMIT)
            if name != key and is_set:
                settings[name] = value
        return settings

    def find_class(self) -> type:
        error = f"{self.label('class')} must be a class or its dotted path, such as "
        error += "'redis.StrictRedis'"
        found = self.settings.get("CLASS")
        if found is None:
            nodes = self.options.get("startup_nodes")
            nodes = self.settings.get("STARTUP_NODES", nodes)
            is_cluster = "startup_nodes" in self.url if self.url else nodes
            return redis.RedisCluster if is_cluster else redis.StrictRedis
        if isinstance(found, str):
            # Show nothing but a dotted path: anything else may be a password.
            if not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)+", found):
                raise ImportError(f"{error}.")
            try:
                found = import_string(found)
            except ImportError as cause:
                raise ImportError(f"{error}; {found!r} cannot be imported.") from cause
        if not isinstance(found, type):
            raise TypeError(f"{error}.")
        if _is_async(found):
            error += ", not asynchronous: see 'Async views' in the docs."
            raise TypeError(error)
        return found

    def find_names(self) -> dict[str, str]:
        """Return the parameter for each name that can be given."""
        # New names come last, so that they override old ones.
        names = {old: new for old, new in _OLD_NAMES.items() if new in self.kinds}
        names.update((name, name) for name in self.kinds)
        for name in sorted(self.options.keys() - names.keys()):
            raise TypeError(
                f"The option {name!r} for {self.prefix!r} is not a parameter of the "
                "client's class. Is it misspelt?"
            )
        for name in sorted(self.url.keys() - names.keys()):
            # Don't show an unknown name: it may be part of a password.
            shown = name if name in _KINDS or name in _OWN_KINDS else "an option"
            raise ValueError(
                f"{self.label('url')}: {shown} is not a parameter of the client's "
                "class. Check its spelling, and write ? in a password as %3F."
            )
        for name in sorted(name for name, value in self.url.items() if value == ""):
            raise ValueError(f"{self.label('url')}: the {name} is empty.")
        return names

    def merge(self, names: dict[str, str]) -> _Values:
        """Return the arguments. What is given later overrides what is given earlier."""
        merged: _Values = {}
        for given, key, label in (
            (self.options, str, self.label),
            (self.settings, str.upper, self.label),
            (self.url, str, lambda name: f"{self.label('url')}: the {name}"),
        ):
            found = {}
            for name, parameter in names.items():
                if key(name) in given:
                    kind = self.kinds[parameter]
                    found[parameter] = _convert(label(name), given[key(name)], kind)
            if any(found[name] is not None for name in found.keys() & _SERVERS):
                merged = {k: v for k, v in merged.items() if k not in _SERVERS}
            merged.update(found)
        if str(merged.get("host")).startswith("/"):
            merged["unix_socket_path"] = merged.pop("host")
        return merged

    def check_combination(self, arguments: _Values) -> None:
        given = {name for name, value in arguments.items() if value}
        pool_class = arguments.get("connection_pool_class")
        of_sentinels = arguments.get("sentinel_kwargs") or {}
        facts = {
            "cluster": self.is_cluster,
            "server": given & _SERVERS,
            "waits": pool_class and "timeout" in _parameters(pool_class),
            "tls": arguments.get("ssl") or of_sentinels.get("ssl"),
            "no certificate": not _verifies(arguments),
        }
        facts.update(dict.fromkeys(given, True))
        for cause, (excluded, other) in _EXCLUDED.items():
            for name in sorted(excluded & given if facts.get(cause) else ()):
                raise ValueError(
                    f"{self.label(name)} (or {name} in {self.label('url')}) cannot be "
                    f"combined with {other.format(self.prefix)}."
                )
        for name, (needed, other) in _REQUIRED.items():
            if name in given and not facts.get(needed):
                other = other.format(self.prefix)
                raise ValueError(f"{self.label(name)} requires {other}.")
        for name in sorted(self.url):
            schemes = {
                "rediss": name.startswith("ssl_") and not facts["tls"],
                "redis+sentinel": name in _OF_SENTINEL and "sentinels" not in given,
                "redis": name in _OF_TCP and "unix_socket_path" in given,
            }
            for scheme, is_required in schemes.items():
                if is_required:
                    url = self.label("url")
                    raise ValueError(f"{url}: the {name} requires a {scheme} URL.")

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
        if arguments.get("ssl") and "ssl_check_hostname" in self.kinds:
            # redis-py 5 and earlier don't check it. 6.0 fails without a certificate.
            defaults["ssl_check_hostname"] = _verifies(arguments)
        objects = (None, self.options.get("retry"), self.settings.get("RETRY"))
        if not _DEFAULT_RETRY and arguments.get("retry") not in objects:
            # It was a number. redis-py 5 and earlier only repeat after these errors.
            defaults["retry_on_error"] = [redis.ConnectionError, redis.TimeoutError]
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
            # This error only shows names. One that the constructor raises may not.
            raise TypeError(
                f"{self.label(name)} cannot be called with these settings: {error}."
            ) from None

    def cluster_client(self, arguments: _Values) -> t.Any:
        client_class = self.client_class
        arguments = {name: arguments[name] for name in arguments if name != "db"}
        nodes = arguments.get("startup_nodes")
        if not nodes:
            # The defaults of a single server. The class of a cluster has none.
            arguments = {"host": "localhost", "port": 6379, **arguments}
        self.check_accepts("class", client_class, arguments)

        def start() -> t.Any:
            # New nodes for each start: redis-py keeps a node's client in the node.
            node: t.Any = redis.cluster.ClusterNode
            made = {"startup_nodes": [node(*pair) for pair in nodes]} if nodes else {}
            return client_class(**{**arguments, **made})

        body = {"__module__": client_class.__module__}
        return type(client_class.__name__, (_LateStart, client_class), body)(start)

    def own_pool(self, client: t.Any, arguments: _Values, own: _Values) -> t.Any:
        pool_class = own["connection_pool_class"]
        kwargs = self.pool_arguments(client, arguments)
        kwargs["connection_class"] = client.connection_pool.connection_class
        if "connection_pool_timeout" in own and "timeout" in _parameters(pool_class):
            kwargs["timeout"] = own["connection_pool_timeout"]
        self.check_accepts("connection_pool_class", pool_class, kwargs)
        return pool_class(**kwargs)

    def sentinel_pool(self, client: t.Any, arguments: _Values, own: _Values) -> t.Any:
        connection_class = client.connection_pool.connection_class
        if connection_class not in (redis.Connection, redis.SSLConnection):
            # Sentinel has connections of its own: a fake client would use real servers.
            raise ValueError(
                f"{self.label('sentinels')} (or a URL for Sentinel) cannot be combined "
                f"with the connections of {self.label('class')}."
            )
        kwargs = self.pool_arguments(client, arguments)
        kwargs["ssl"] = connection_class is redis.SSLConnection
        inherited = ("socket_", "ssl", "driver_info", "lib_")
        known, given = {**arguments, **kwargs}, own.get("sentinel_kwargs") or {}
        for_sentinels = {
            **{name: known[name] for name in known if name.startswith(inherited)},
            "username": own.get("sentinel_username"),
            "password": own.get("sentinel_password"),
            # The client retries, and asks all Sentinels each time.
            "retry": Retry(NoBackoff(), 0),
            **given,
        }
        if "ssl_check_hostname" not in given:
            # As for the servers: checked with the certificate, unless it is turned off.
            is_off = known.get("ssl_check_hostname") is False and _verifies(known)
            for_sentinels["ssl_check_hostname"] = (
                _verifies(for_sentinels) and not is_off
            )
        kwargs["sentinel_manager"] = redis.Sentinel(  # type: ignore[no-untyped-call]
            own["sentinels"], own.get("min_other_sentinels") or 0, for_sentinels
        )
        kwargs["is_master"] = own.get("role") != "replica"
        kwargs["service_name"] = own["service_name"]
        return redis.SentinelConnectionPool(**kwargs)  # type: ignore[no-untyped-call]

    def pool_arguments(self, client: t.Any, arguments: _Values) -> _Values:
        """Return what a pool needs to make connections like those of the first pool.

        They are read from that pool, since a subclass may have parameters of its own.
        """
        # Each pool adds these itself.
        added = redis.ConnectionPool().connection_kwargs
        used = client.connection_pool.connection_kwargs
        of_pool = {k: arguments[k] for k in _OF_POOLS if arguments.get(k) is not None}
        return {**{k: used[k] for k in used if k not in added}, **of_pool}


# 3. The late start of a cluster's client.


class _LateStart:
    """A base for the client of a cluster, whose constructor connects.

    It makes the client when it is first used, so an app starts while its cluster is
    down. Threads that come first together each make one, and one of these is kept.
    With a lock, they would wait for each other while the cluster hangs, and a process
    that is forked in the meantime would wait forever.
    """

    def __init__(self, start: t.Callable[[], t.Any]) -> None:
        self._start = start

    def __getattr__(self, name: str) -> t.Any:
        # The constructor, which is still to come, sets no dunders. copy.copy() asks.
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
            super().close()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


# 4. The values. Many come from the environment, as strings or as parsed JSON.


class _Kind(t.NamedTuple):
    """A kind of value: how errors describe it, and what converts a value to it.

    For an invalid value, ``convert`` returns ``None`` or raises an error.
    """

    expected: str
    convert: t.Callable[..., t.Any]
    args: tuple[t.Any, ...] = ()


def _convert(label: str, value: t.Any, kind: _Kind | None) -> t.Any:
    if value is None or kind is None:
        return value
    errors = (ImportError, LookupError, OverflowError, TypeError, ValueError)
    with contextlib.suppress(*errors):
        if (converted := kind.convert(value, *kind.args)) is not None:
            return converted
    # Raised out here, so that no error is chained that shows the value.
    raise ValueError(f"{label} must be {kind.expected}.")


def _boolean(value: t.Any) -> bool | None:
    return ConfigParser.BOOLEAN_STATES.get(str(value).strip().lower())


def _number(value: t.Any, number_type: type, least: float, most: float) -> t.Any:
    number = number_type(value)
    is_same = number == value and not isinstance(value, bool)
    if isinstance(value, str):
        # Python also reads 6_379, and the digits of other scripts.
        is_same = value.isascii() and "_" not in value
    return number if is_same and least <= number <= most else None


def _string(value: t.Any) -> t.Any:
    # JSON turns 12345 into an integer; str() restores it. It cannot restore 1.50.
    return str(value) if type(value) is int else os.fspath(value)


def _path(value: t.Any) -> str | None:
    path = os.fsdecode(value)
    if in_url := re.fullmatch(r"(?:file|unix)://(/[^?]*)", path):
        return in_url[1]
    return path if path.startswith("/") else None


def _host(value: t.Any) -> str | None:
    host: str = _string(value)
    if "/" in host:
        return _path(host)
    if ":" in host:
        return str(ipaddress.IPv6Address(re.sub(r"\A\[(.*)]\Z", r"\1", host)))
    # An empty or long label between dots raises an error here.
    return host if re.fullmatch(r"[\w.-]+", host) and host.encode("idna") else None


def _nodes(value: t.Any, default_port: int) -> list[tuple[str, int]] | None:
    nodes: list[t.Any] = []
    given = value.split(",") if isinstance(value, str) else value
    for node in given:
        if isinstance(node, str):
            found = re.fullmatch(r"(\[.+]|[^][:]+)(?::([0-9]+))?", node.strip())
            node = (found[1], found[2] or default_port) if found else ("", 0)
        host, port = node
        nodes.append((_host(host), _number(port, *_PORT.args)))
        if None in nodes[-1] or "/" in host:
            return None
    return nodes if nodes and isinstance(given, (list, tuple)) else None


def _pool(value: t.Any) -> t.Any:
    pool_class = import_string(value) if isinstance(value, str) else value
    return pool_class if issubclass(pool_class, redis.ConnectionPool) else None


def _sentinel_kwargs(value: t.Any) -> _Values | None:
    # The sentinels themselves are in another parameter.
    names = _parameters(redis.Redis).keys() - {"host", "port"}
    return dict(value) if dict(value).keys() <= names else None


def _retry(value: t.Any) -> t.Any:
    if not isinstance(value, (str, int)):
        return _object(value)
    number = _convert("", value, _INDEX)
    retry = copy.deepcopy(_DEFAULT_RETRY) or Retry(ExponentialBackoff(), number)
    if _DEFAULT_RETRY:
        retry.update_retries(number)
    return retry


def _tls_version(value: t.Any) -> int:
    if found := re.fullmatch(r"(?:tlsv?)?1[._]([123])", str(value).lower()):
        return ssl.TLSVersion[f"TLSv1_{found[1]}"].value
    return ssl.TLSVersion(_number(value, *_INTEGER.args)).value


def _verify_mode(value: t.Any) -> t.Any:
    mode = value.lower().removeprefix("cert_") if isinstance(value, str) else value
    return _one_of(mode, "none", "optional", "required", *ssl.VerifyMode)


def _known(value: t.Any, look_up: t.Callable[[t.Any], t.Any]) -> t.Any:
    look_up(value)
    return value


def _one_of(value: t.Any, *allowed: t.Any) -> t.Any:
    return value if value in allowed and not isinstance(value, bool) else None


def _object(value: t.Any, *allowed: type) -> t.Any:
    is_plain = isinstance(value, (str, bytes, int, float, list, dict))
    is_refused = is_plain and not isinstance(value, allowed)
    return None if is_refused or _is_async(type(value)) else value


def _is_async(class_: type) -> bool:
    return any("asyncio" in each.__module__.split(".") for each in class_.__mro__)


def _verifies(arguments: _Values) -> bool:
    """Return whether the certificate of the server is checked."""
    return arguments.get("ssl_cert_reqs", "required") not in (None, "none", 0)


_MOST = 1e308
_DEFAULT_RETRY = inspect.signature(redis.StrictRedis).parameters["retry"].default
_PAIRS = "host:port,host:port or a list of such pairs, with ports from 1 to 65535"
#: redis-py 4 has neither this class nor the parameter.
_STRATEGIES = getattr(redis.cluster, "LoadBalancingStrategy", str)

_BOOLEAN = _Kind("true or false (or yes or no, on or off, 1 or 0)", _boolean)
_INTEGER = _Kind("an integer", _number, (int, -_MOST, _MOST))
_INDEX = _Kind("an integer, 0 or more", _number, (int, 0, _MOST))
_COUNT = _Kind("an integer, 1 or more", _number, (int, 1, _MOST))
_NUMBER = _Kind("a number", _number, (float, -_MOST, _MOST))
_SECONDS = _Kind("a number of seconds, 0 or more", _number, (float, 0, _MOST))
_TIMEOUT = _Kind("a number of seconds greater than 0", _number, (float, 1e-6, 1e9))
_STRING = _Kind("a string; put a value such as 1.5 or true in quotes", _string)
_HOST = _Kind("a host without a port, or the absolute path of a Unix socket", _host)
_PORT = _Kind("an integer from 1 to 65535", _number, (int, 1, 65535))
_COLLECTION = _Kind("a list or dict, not a string or number", _object, (list, dict))
_OBJECT = _Kind("a Python object, not a string, number, list or dict", _object)

#: What the parameters of this extension accept.
_OWN_KINDS = {
    "connection_pool_class": _Kind("a redis.ConnectionPool class or its path", _pool),
    "connection_pool_timeout": _SECONDS,
    "sentinels": _Kind(_PAIRS, _nodes, (26379,)),
    "service_name": _STRING,
    "role": _Kind("primary or replica", _one_of, ("primary", "replica")),
    "min_other_sentinels": _INDEX,
    "sentinel_username": _STRING,
    "sentinel_password": _STRING,
    "sentinel_kwargs": _Kind("a dict of parameters of redis.Redis", _sentinel_kwargs),
}
#: What the parameters of redis-py accept, in its order. Those whose default shows it,
#: such as ``decode_responses``, and those that accept any value have no row.
_KINDS = {
    "host": _HOST,
    "port": _PORT,
    "db": _INDEX,
    "password": _STRING,
    "socket_timeout": _TIMEOUT,
    "socket_connect_timeout": _TIMEOUT,
    "socket_read_size": _COUNT,
    "socket_keepalive": _BOOLEAN,
    "socket_keepalive_options": _COLLECTION,
    "connection_pool": _OBJECT,
    "unix_socket_path": _Kind("the absolute path of a Unix socket", _path),
    "encoding": _Kind("the name of a Python encoding", _known, ("".encode,)),
    "encoding_errors": _Kind("a codec error handler", _known, (codecs.lookup_error,)),
    "retry": _Kind("an integer, 0 or more, or a redis.retry.Retry", _retry),
    "retry_on_error": _COLLECTION,
    "ssl": _BOOLEAN,
    "ssl_cert_reqs": _Kind("none, optional or required", _verify_mode),
    "ssl_include_verify_flags": _COLLECTION,
    "ssl_exclude_verify_flags": _COLLECTION,
    "ssl_password": _STRING,
    "ssl_ocsp_context": _OBJECT,
    "ssl_min_version": _Kind("an ssl.TLSVersion, such as TLSv1.2", _tls_version),
    "max_connections": _COUNT,
    "health_check_interval": _SECONDS,
    "client_name": _STRING,
    "driver_info": _OBJECT,
    "username": _STRING,
    "redis_connect_func": _OBJECT,
    "credential_provider": _OBJECT,
    "protocol": _Kind("2 or 3, a version of the protocol", _number, (int, 2, 3)),
    "cache": _OBJECT,
    "cache_config": _OBJECT,
    "event_dispatcher": _OBJECT,
    "maint_notifications_config": _OBJECT,
    "oss_cluster_maint_notifications_handler": _OBJECT,
    "startup_nodes": _Kind(_PAIRS, _nodes, (6379,)),
    "load_balancing_strategy": _Kind("a strategy, such as round_robin", _STRATEGIES),
    "address_remap": _OBJECT,
    "policy_resolver": _OBJECT,
}
#: What other parameters accept, by the type of the default.
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
#: By a part of the scheme: an example, what the path must be, and the pattern of the
#: address, with groups named like parameters. Only the path can fail to match.
_WHO = r"(?:(?P<username>[^:/]*)(?::(?P<password>[^/]*))?@)?"
_ADDRESS = r"(?P<host>\[.*](?=[:/]|\Z)|[^:/]*)(?::(?P<port>[^/]*))?"
_NODES = "(?P<startup_nodes>[^/]+)"
_SOCKET = "(?P<unix_socket_path>/.+)"
_DB = r"(?:/(?P<db>[0-9]+))?/?"
_FORMS = {
    "sentinel": (
        "redis+sentinel://host:26379,host:26379/service/0",
        "the service name",
        "(?P<sentinels>[^/]+)/(?P<service_name>[^/@]+)",
    ),
    "cluster": ("redis+cluster://host:6379,host:6379", "0 or empty", _NODES),
    "unix|sock|file": ("unix:///run/redis.sock?db=0", "absolute", _SOCKET),
    "": ("redis://user:password@host:6379/0", "a database number", _ADDRESS),
}
_SCHEMES = ["redis", "rediss", "unix"]
_SCHEMES += ["redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster"]
_URL = _Kind("a URL; write # in a password as %23", re.compile("[^#]*").fullmatch)


def _split_url(setting: str, url: t.Any) -> _Values:
    """Return the parameters that a URL gives, as strings.

    Of the address, only the database can be an option too: ``?db=`` overrides the path.
    """
    if url is None:
        return {}
    address, _, query = _convert(setting, url, _URL)[0].partition("?")
    scheme, separator, rest = address.partition("://")
    scheme = scheme.lower().replace("valkey", "redis")
    # Without a slash, it is a host, which may have any of these words in it.
    word = scheme if ":/" in address else ""
    example, path, pattern = next(v for k, v in _FORMS.items() if re.search(k, word))
    if scheme not in _SCHEMES or not separator:
        if re.search("rediss|tls|ssl", word):
            example = example.replace("redis", "rediss", 1)
        meant = "rediss://:password@host:6380/0" if "password=" in scheme else example
        schemes = f"one of {', '.join(_SCHEMES)}, or of these with valkey"
        raise ValueError(f"{setting}: the scheme must be {schemes}, as in {meant}.")
    expected = f"{path}, as in {example}. Write / in a password as %2F"
    kind = _Kind(expected, re.compile(_WHO + pattern + _DB, re.DOTALL).fullmatch)
    found = _convert(f"{setting}: the path", rest, kind).groupdict()
    given = {name: unquote(value) for name, value in found.items() if value}
    if "host" in found:
        given = {"host": "localhost", "port": "6379", **given}
    options = {k: v[0] for k, v in parse_qs(query, keep_blank_values=True).items()}
    given["db"] = options.pop("db", given.get("db", "0"))
    repeated = {*given, *_SERVERS, "port", "service_name"}
    repeated |= {old for old, new in _OLD_NAMES.items() if new in given}
    for name in sorted(options.keys() & repeated):
        raise ValueError(f"{setting}: {name} belongs in the address, not in an option.")
    if scheme.startswith("rediss"):
        says_tls = options.setdefault("ssl", "true")
        if not _convert(f"{setting}: the ssl", says_tls, _BOOLEAN):
            raise ValueError(f"{setting}: the ssl must be true with {scheme}://.")
    return {**options, **given}
