"""The Redis extension for Flask, in four parts. Each calls only those below it.

1. :class:`Redis`, which stands in for the client of the current app.
2. ``_ClientBuilder``, which makes a client from the settings of an app.
3. ``_LateStart``, which delays the connection of a cluster's client until first use.
4. The values that parameters and URLs accept.
"""

from __future__ import annotations

import codecs
import contextlib
import copy
import dataclasses
import functools
import inspect
import ipaddress
import os
import re
import ssl
import sys
import threading
import typing as t
import warnings
import weakref
from configparser import ConfigParser
from urllib.parse import parse_qs, unquote

import redis
import redis.cluster
from flask import Config, Flask, current_app, has_app_context
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import RedisClusterException, RedisError
from redis.retry import Retry
from werkzeug.local import LocalProxy
from werkzeug.utils import import_string

__all__ = ("FlaskRedis", "Redis")
__version__ = "2.0.0"
with contextlib.suppress(ImportError):
    import_string("importlib.metadata.version")("flask-redis")
    warnings.warn("Uninstall flask-redis: it can hide this module.", stacklevel=2)


# 1. The extension object.
class Redis:
    """The Redis client of the current Flask app.

    Each app registered with this object gets its own client, made from the app's
    settings and kept in ``app.extensions["redis"][prefix]``. One object can serve many
    apps, with one prefix on each. For a second database, create a second object.

    Public methods, attributes and ``redis[key]`` look up :attr:`connection` each time,
    even a method that you stored. ``with redis as client:`` leaves the client open.

    :param flask.Flask app: the app to register. Default ``None``: use :meth:`init_app`.
    :param str config_prefix: how the names of the settings begin. Default ``"REDIS"``.
    :param options: parameters of the client. The settings of the app override them.
    :raises ValueError, TypeError, ImportError: those of :meth:`init_app`, with an app.

    .. versionadded:: 0.1 Since 0.4 with ``config_prefix``, since 2.0 with options.
    """

    #: The app to use outside a context, or ``None``. You can assign a registered app.
    app: Flask | None = None
    # Weak, because a class that an app factory defines keeps its app alive.
    _last_class: weakref.ref[type] = weakref.ref(redis.StrictRedis)
    _is_lenient = False  # In FlaskRedis, objects share prefixes, options complete URLs.

    def __init__(
        self,
        app: Flask | None = None,
        config_prefix: str | None = None,
        **options: t.Any,
    ) -> None:
        # Outside a context, the proxy current_app would lead to no app.
        self.app = app._get_current_object() if isinstance(app, LocalProxy) else app
        self._config_prefix = _check_prefix(config_prefix or "REDIS")
        self._options = options
        # Apps know the object by it. Copies share it, because functions are not copied.
        self._token = lambda: None
        self._key = weakref.ref(self._token)
        if self.app is not None:
            self.init_app(self.app)

    def init_app(
        self, app: Flask, config_prefix: str | None = None, **options: t.Any
    ) -> None:
        """Read the settings of an app and create its client.

        The settings are read once, and the client connects when it is first used. The
        address and credentials in the URL of a single server are written to their
        settings. If this raises an error, nothing was registered or changed.

        :param flask.Flask app: the app to register. The object does not keep it alive.
        :param str config_prefix: how the names begin. Default: that of the constructor.
        :param options: parameters of the client, added to those of the constructor.
        :raises ValueError: if the object or prefix is taken, or a setting is invalid.
        :raises TypeError, ImportError: if ``app``, an option or a class is invalid.

        .. versionchanged:: 2.0 Accepts options. Raises an error for invalid settings.
        .. versionadded:: 0.3 Since 0.4 with ``config_prefix``.
        """
        app = app._get_current_object() if isinstance(app, LocalProxy) else app
        prefix = _check_prefix(config_prefix or self._config_prefix)
        if not hasattr(app, "extensions"):
            raise TypeError("app must be a Flask app. A URL belongs in REDIS_URL.")
        clients = app.extensions.get("redis", {})
        if not isinstance(clients, dict):
            raise TypeError("app.extensions['redis'] belongs to another extension.")
        own_prefix, _ = app.extensions.get(_NAME, {}).get(self._key, (None, None))
        for taken in () if self._is_lenient else (own_prefix, prefix):
            if taken in clients:
                error = f"The app {app.name!r} already has a client for {taken!r}."
                raise ValueError(f"{error} For a second database, use a second object.")
        client = self._make_client(app.config, prefix, {**self._options, **options})
        with _lock:
            self._keep(app, prefix, client)

    def _make_client(self, config: Config, prefix: str, options: _Values) -> t.Any:
        return _ClientBuilder(config, prefix, options, self._is_lenient).build()

    def _keep(self, app: Flask, prefix: str, client: t.Any) -> None:
        clients = app.extensions.setdefault("redis", {})
        objects = app.extensions.setdefault(_NAME, {})
        # A weak key, because many objects may come and go while the app lives.
        key = weakref.ref(self._token, lambda key: objects.pop(key, None))
        if objects.get(key) == (prefix, None):  # It is registered again.
            clients[prefix] = client
        is_first = clients.setdefault(prefix, client) is client
        objects[key] = prefix, None if is_first else client
        self._last_class = weakref.ref(type(client))

    def get_app(self) -> Flask:
        """Return the app whose context is active or, outside a context, :attr:`app`.

        :raises RuntimeError: if there is neither.
        """
        app: Flask | None = _current_app() if has_app_context() else self.app
        if app is None:
            error = f"{self!r} has no current Flask app. Call init_app(app), then make"
            raise _NoClientError(f"{error} calls inside `with app.app_context():`.")
        return app

    @property
    def config_prefix(self) -> str:
        """The prefix for the current app, or that given to the constructor."""
        with contextlib.suppress(RuntimeError, KeyError):
            return str(self.get_app().extensions[_NAME][self._key][0])
        return self._config_prefix

    @property
    def connection(self) -> t.Any:
        """The client of the current app, a :class:`redis.Redis` by default.

        :raises RuntimeError: if there is no current app, or it is not registered here.

        .. versionadded:: 0.4
        """
        try:
            app = _current_app()
        except RuntimeError:
            app = self.get_app()
        try:
            prefix, client = app.extensions[_NAME][self._key]
            return app.extensions["redis"][prefix] if client is None else client
        except KeyError:
            error = f"The current app {app.name!r} is not registered."
            raise _NoClientError(f"{error} Call init_app(app) on {self!r}.") from None

    # The commands are added below the class, as methods. This finds everything else.
    def __getattr__(self, name: str) -> t.Any:
        if name.startswith("_") or hasattr(type(self), name):
            # The usual error: private attributes of the client stay private.
            return object.__getattribute__(self, name)
        try:
            found = getattr(self.connection, name)
        except (RedisError, RedisClusterException) as error:
            # The client of a cluster connects to look this up.
            raise AttributeError(f"Cannot look up {name!r}: {error}") from error
        if inspect.ismethod(found):
            return _late_method(name, found.__func__).__get__(self)
        return found

    def __setattr__(self, name: str, value: t.Any) -> None:
        # A patch that a test undoes must not leave one app's value here, for all apps.
        replaced = vars(self).setdefault("_replaced", {})
        if name not in vars(self):
            with contextlib.suppress(Exception):
                known = {"_redis_client": self.connection, **vars(self.connection)}
                replaced[name] = known[name]
        super().__setattr__(name, value)
        if name in replaced and replaced[name] is value:
            del vars(self)[name], replaced[name]

    @property  # type: ignore[misc]
    def __class__(self) -> t.Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The class of the current or last client; in a subclass, a class of both."""
        try:
            found = self.connection.__class__
        except Exception:  # noqa: BLE001
            # Nobody expects isinstance to raise, whatever is wrong with the app.
            found = self._last_class() or redis.StrictRedis
        own = type(self)
        if own in (Redis, FlaskRedis):
            return found
        body = {n: getattr(own, n) for n in ("__module__", "__qualname__", "__doc__")}
        body["__new__"] = lambda cls, *args, **kwargs: found(*args, **kwargs)
        with contextlib.suppress(Exception):
            return type(own.__name__, (_NoHooks, own, found), body)
        return own

    def __dir__(self) -> list[str]:
        found = self.connection if hasattr(self, "connection") else self._last_class()
        return [*{*dir(type(self)), *(n for n in dir(found) if n[0] != "_")}]

    def __enter__(self) -> t.Any:
        return self.connection

    def __exit__(self, *exc_info: object) -> None: ...

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._config_prefix!r}>"


class _NoClientError(RuntimeError, AttributeError):
    """There is no current client. ``hasattr(redis, name)`` is false then."""


#: The key in app.extensions for the prefix and the own client, or None, of each object.
_NAME = "flask-and-redis"
_lock = threading.RLock()  # FlaskRedis may replace the dict of clients.
_NoHooks = type("_NoHooks", (), {"__init_subclass__": lambda cls: None})
_current_app = current_app._get_current_object  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def _check_prefix(prefix: str) -> str:
    if isinstance(prefix, str) and re.fullmatch(r"[\w.-]+", prefix):
        return prefix
    # Don't show it: it may be a misplaced URL with a password.
    raise ValueError("config_prefix must be letters, digits, _, - and ., as in REDIS.")


def _late_method(name: str, method: t.Callable[..., t.Any]) -> t.Any:
    @functools.wraps(method)
    def call(self: Redis, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        return getattr(self.connection, name)(*args, **kwargs)

    return call


for _name, _method in inspect.getmembers(redis.StrictRedis, inspect.isfunction):
    if not hasattr(Redis, _name) and re.match("__(.+item|contains)__|[^_]", _name):
        setattr(Redis, _name, _late_method(_name, _method))


class FlaskRedis(Redis):
    """The interface of flask-redis, another project, with a client for each app.

    Outside any context, calls go to the app registered last, which the object keeps
    alive. You can register several objects with one prefix, and an object again. Then
    ``app.extensions["redis"]`` has the client of the first. It also has the methods of
    the client for ``"REDIS"``. A host, port or database in code completes the URL.

    :param app, config_prefix, options: as for :class:`Redis`.
    :param bool strict: ignored. A value that is not a boolean raises ``TypeError``.

    .. versionadded:: 2.0
    """

    #: The class that makes the clients: see :meth:`from_custom_provider`.
    provider_class: t.Any = redis.StrictRedis
    _is_lenient = True

    def __init__(
        self,
        app: Flask | None = None,
        strict: bool = True,
        config_prefix: str | None = None,
        **options: t.Any,
    ) -> None:
        if not isinstance(strict, bool):
            raise TypeError("strict must be a boolean, as in FlaskRedis(app, True).")
        super().__init__(app, config_prefix, **options)

    @classmethod
    def from_custom_provider(
        cls, provider: t.Any, app: Flask | None = None, **options: t.Any
    ) -> FlaskRedis:
        """Return an object whose clients come from ``provider.from_url``.

        ``from_url`` gets ``REDIS_URL``, or redis://localhost:6379/0, and the options.

        :param provider: the class, such as ``fakeredis.FakeStrictRedis``.
        :param app, options: as for the constructor.
        """
        made = cls(**options)
        made.provider_class = provider
        if app is not None:
            made.init_app(app)
        return made

    def _make_client(self, config: Config, prefix: str, options: _Values) -> t.Any:
        if self.provider_class is redis.StrictRedis:
            return super()._make_client(config, prefix, options)
        url = config.get(f"{prefix}_URL") or "redis://localhost:6379/0"
        return self.provider_class.from_url(url, **options)

    def _keep(self, app: Flask, prefix: str, client: t.Any) -> None:
        clients = app.extensions.get("redis", {})
        if prefix == "REDIS" and not isinstance(clients, _Clients):
            app.extensions["redis"] = _Clients(clients)
        super()._keep(app, prefix, client)
        entry = LocalProxy(lambda: app.extensions["redis"][prefix])
        app.extensions.setdefault(prefix.lower(), entry)  # Its name in flask-redis.
        vars(self).pop("_redis_client", None)
        self.app = app

    @property
    def connection(self) -> t.Any:
        """The client of the current app, or the one assigned to ``_redis_client``."""
        client = vars(self).get("_redis_client")
        return super().connection if client is None else client

    def __delattr__(self, name: str) -> None:
        vars(self).pop(name, None)  # init_app may have removed what a patch had set.

    def __getattr__(self, name: str) -> t.Any:
        if name == "_redis_client":
            return self.connection if hasattr(self, "connection") else None
        return super().__getattr__(name)


class _Clients(dict[str, t.Any]):
    """``app.extensions["redis"]``, which code for flask-redis uses as the client."""

    def __getattr__(self, name: str) -> t.Any:
        if name.startswith("_") or "REDIS" not in self:
            raise AttributeError(name)
        return getattr(self["REDIS"], name)

    def get(self, name: t.Any, *default: t.Any) -> t.Any:
        is_prefix = name in self or default or "REDIS" not in self
        return super().get(name, *default) if is_prefix else self["REDIS"].get(name)

    def keys(self, pattern: t.Any) -> t.Any:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return self["REDIS"].keys(pattern)

    def __setitem__(self, key: str, value: t.Any) -> None:
        if isinstance(value, (str, bytes, int, float)):
            raise TypeError("Use app.extensions['redis']['REDIS'] to set a value.")
        super().__setitem__(key, value)


client = sys.modules[f"{__name__}.client"] = sys.modules[__name__]  # As in flask-redis.

# 2. From the settings of one app to its client.
_Values = dict[str, t.Any]
#: The names that some settings had in earlier releases.
_OLD_NAMES = {"charset": "encoding", "errors": "encoding_errors", "user": "username"}
#: Settings for which None means "no limit". For the others it means "not set".
_NO_LIMIT = {"SOCKET_TIMEOUT", "SOCKET_CONNECT_TIMEOUT", "CONNECTION_POOL_TIMEOUT"}
#: Options of a URL that require Sentinel or TCP. The settings are ignored without it.
_OF_SENTINEL = {"role", "min_other_sentinels", "sentinel_username", "sentinel_password"}
_OF_TCP = {"socket_connect_timeout", "socket_keepalive"}
#: Parts of the URL of a single server that are written to the settings.
_WRITTEN_BACK = {"host", "port", "unix_socket_path", "db", "username", "password"}
#: Parameters of a connection pool itself, not of its connections.
_OF_POOLS = ("max_connections", "cache", "cache_config", "maint_notifications_config")


class _FromURL(str):
    """A user name or password from a URL, in a setting. Another URL does not use it."""


@dataclasses.dataclass
class _ClientBuilder:
    """Makes the client for one prefix of one app.

    Parameters come from three places: settings override the options given in code, and
    the URL overrides both. ``build`` lists the steps; the methods are in its order.
    """

    config: Config
    prefix: str
    options: _Values
    completes_url: bool

    def build(self) -> t.Any:
        self.settings = self.find_settings()
        self.url = self.find_url()
        made = self.client_class = self.find_class()
        self.is_cluster = issubclass(made, redis.RedisCluster)
        self.is_redis = self.is_cluster or issubclass(made, redis.StrictRedis)
        self.of_class = _parameters(made, redis.StrictRedis)
        self.declared = self.of_class if self.is_redis else _parameters(made)
        self.kinds = {**(_OWN_KINDS if self.is_redis else _NEVER), **self.of_class}
        if not self.is_redis and "retry" in self.declared:
            self.kinds["retry"] = _OBJECT  # Each library has a Retry of its own.
        arguments = self.merge(self.find_names())
        self.check_combination(arguments)
        arguments = {**self.defaults(arguments), **arguments}
        own = {n: arguments.pop(n) for n in arguments.keys() - self.of_class.keys()}
        client = self.make_client(arguments, own)
        if self.url.keys() & {"host", "unix_socket_path"}:
            for name in _WRITTEN_BACK & self.url.keys() & arguments.keys():
                value, is_open = arguments[name], name not in ("username", "password")
                self.config[self.label(name)] = value if is_open else _FromURL(value)
            self.config.setdefault(self.label("password"), None)
        return client

    def label(self, name: str) -> str:
        return f"{self.prefix}_{name.upper()}"

    def call(self, name: str, called: t.Any, arguments: _Values) -> t.Any:
        try:
            return called(**arguments)
        except TypeError as error:
            raise TypeError(f"{self.label(name)}: {error}") from error

    def find_settings(self) -> _Values:
        settings = {}
        for key, value in self.config.copy().items():  # Threads may add to it.
            name = str(key).removeprefix(f"{self.prefix}_")
            # Platforms give "" or None for unset variables, and add line ends. A space
            # may begin or end a password.
            if type(value) is str:
                value = value.rstrip("\r\n") if "PASSWORD" in name else value.strip()
            is_set = value != "" and (value is not None or name in _NO_LIMIT)
            is_old = isinstance(value, _FromURL) and self.config.get(self.label("url"))
            if name != key and is_set and not is_old:
                settings[name] = value
        return settings

    def find_url(self) -> _Values:
        """Return the parameters in the URL, with defaults for parts that it lacks."""
        url, implied = _split_url(self.label("url"), self.settings.get("URL"))
        names = implied.keys() | (_SERVERS if "host" in implied else set())
        for name in sorted(names & self.options.keys()):
            option = self.options[name]
            if option is None or str(option) == implied.get(name):
                continue
            if name not in implied or not self.completes_url:
                error = f"{self.label('url')} does not give the {name}, so a default"
                raise ValueError(f"{error} overrides the option. Add it to the URL.")
            implied[name] = option
        return {**url, **implied}

    def find_class(self) -> type:
        found = self.settings.get("CLASS")
        if found is None:
            given = self.url or {name.lower() for name in self.settings} & _SERVERS
            given = given or {name for name, value in self.options.items() if value}
            return redis.RedisCluster if "startup_nodes" in given else redis.StrictRedis
        error = f"{self.label('class')} must be a class or its path, like 'redis.Redis'"
        if isinstance(found, str):
            # Show nothing but a dotted path: anything else may be a password.
            if not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)+", found):
                raise ImportError(f"{error}.")
            try:
                found = import_string(found)
            except ImportError as cause:
                raise ImportError(f"{error}; {found!r} cannot be imported.") from cause
        if not isinstance(found, type) or _is_async(found):
            raise TypeError(f"{error}. It must not be asynchronous: see 'Async views'.")
        if found.__module__ in ("redis.sentinel", "valkey.sentinel", "valkey.cluster"):
            raise TypeError(f"{error}. Leave it unset for a cluster or Sentinel.")
        return found

    def find_names(self) -> dict[str, str]:
        # New names come last, so that they override old ones.
        names = {old: new for old, new in _OLD_NAMES.items() if new in self.kinds}
        names.update((name, name) for name in self.kinds)
        for name in sorted(self.options.keys() - names.keys()):
            error = f"The option {name!r} for {self.prefix!r} is not a parameter"
            raise TypeError(f"{error} of the client's class. Is it misspelt?")
        for name in sorted(self.url.keys() - names.keys()):
            # Don't show an unknown name: it may be part of a password.
            is_known = name in _KINDS or name in _OWN_KINDS
            error = f"{self.label('url')}: {name if is_known else 'an option'} is not a"
            hint = "" if is_known else " Write ? in a password as %3F."
            raise ValueError(f"{error} parameter of the client's class.{hint}")
        for name in sorted(name for name, value in self.url.items() if value == ""):
            raise ValueError(f"{self.label('url')}: the {name} is empty.")
        return names

    def merge(self, names: dict[str, str]) -> _Values:
        """Return the arguments. Settings override options; the URL overrides both."""
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
        theirs = self.of_class.keys() & _OWN_KINDS.keys() - {"startup_nodes"}
        used = {name for name, value in arguments.items() if value} - theirs
        known = {*self.of_class, "sentinels"}
        pool_class = arguments.get("connection_pool_class")
        waits = pool_class and "timeout" in _parameters(pool_class)
        pools = {"connection_pool", "single_connection_client"}
        managed = {"unix_socket_path", "connection_pool_class", *pools}
        provider, hostname = "credential_provider", "ssl_check_hostname"
        asked = arguments["sentinel_kwargs"] if "sentinel_kwargs" in used else {}
        has_tls = "ssl" in used or asked.get("ssl")
        unknown = asked.keys() - (_parameters(redis.Redis).keys() - {"host", "port"})
        of_tls = {name for name in self.url if name.startswith("ssl_")}
        no, in_url = "cannot be combined with", self.url.keys()
        for is_wrong, names, reason in (
            (self.is_cluster, used & {"db", "sentinels", *managed}, f"{no} a cluster"),
            ("sentinels" in used, used & managed, f"{no} Sentinel"),
            (pool_class, used & pools, f"{no} {self.label('connection_pool_class')}"),
            ("unix_socket_path" in used, used & {"ssl"}, f"{no} a Unix socket"),
            (provider in used, used & {"username", "password"}, f"{no} a {provider}"),
            (not _verifies(arguments), used & {hostname}, "needs verified TLS"),
            ("service_name" not in used, used & {"sentinels"}, "needs a service name"),
            (not used & _SERVERS, used & {"service_name"}, "needs Sentinels"),
            (not waits, used & {"connection_pool_timeout"}, "needs a pool that waits"),
            (True, used & _SERVERS - known, "is not a parameter of the client's class"),
            (unknown, used & {"sentinel_kwargs"}, "must be parameters of redis.Redis"),
            ("sentinels" not in used, in_url & _OF_SENTINEL, "needs Sentinels"),
            ("unix_socket_path" in used, in_url & _OF_TCP, "needs TCP"),
            (not has_tls, of_tls, "needs TLS, as with rediss://"),
        ):
            for name in sorted(names if is_wrong else ()):
                where = f"{self.label(name)} (or {name} in {self.label('url')})"
                raise ValueError(f"{where} {reason}.")

    def defaults(self, arguments: _Values) -> _Values:
        defaults: _Values = {}
        named = arguments.keys() & {"driver_info", "lib_name", "lib_version"}
        if self.is_redis and "driver_info" in self.kinds and not named:
            driver = redis.DriverInfo()  # CLIENT LIST shows it.
            defaults["driver_info"] = driver.add_upstream_driver(_NAME, __version__)
        if arguments.get("ssl") and "ssl_check_hostname" in self.declared:
            # Some clients do not check it by default. redis-py 6.0 fails with "none".
            defaults["ssl_check_hostname"] = _verifies(arguments)
        if not _DEFAULT_RETRY and isinstance(arguments.get("retry"), Retry):
            # redis-py 5 and earlier repeat commands only after the errors listed.
            defaults["retry_on_error"] = [redis.ConnectionError, redis.TimeoutError]
        return defaults

    def make_client(self, arguments: _Values, own: _Values) -> t.Any:
        if self.is_cluster:
            return self.cluster_client(arguments)
        client = self.call("class", self.client_class, arguments)
        if own.get("sentinels"):
            client.connection_pool = self.sentinel_pool(client, arguments, own)
        elif made := own.get("connection_pool_class"):
            kwargs = self.pool_arguments(client, arguments)
            kwargs["connection_class"] = client.connection_pool.connection_class
            if "timeout" in _parameters(made) and "connection_pool_timeout" in own:
                kwargs["timeout"] = own["connection_pool_timeout"]
            client.connection_pool = self.call("connection_pool_class", made, kwargs)
        return client

    def cluster_client(self, arguments: _Values) -> t.Any:
        client_class = self.client_class
        arguments = {name: arguments[name] for name in arguments if name != "db"}
        nodes = arguments.get("startup_nodes")
        if not nodes:
            arguments = {"host": "localhost", "port": 6379, **arguments}
        self.call("class", inspect.signature(client_class, **_LAZY).bind, arguments)

        def start() -> t.Any:
            # New nodes for each start: redis-py keeps a node's client in the node.
            node: t.Any = redis.cluster.ClusterNode
            made = {"startup_nodes": [node(*pair) for pair in nodes]} if nodes else {}
            return client_class(**{**arguments, **made})

        body = {"__module__": client_class.__module__}
        return type(client_class.__name__, (_LateStart, client_class), body)(start)

    def sentinel_pool(self, client: t.Any, arguments: _Values, own: _Values) -> t.Any:
        kwargs = self.pool_arguments(client, arguments)
        connection_class = client.connection_pool.connection_class
        if connection_class not in (redis.Connection, redis.SSLConnection):
            # Sentinel has connections of its own: a fake client would use real servers.
            raise ValueError(f"{self.label('class')} cannot be combined with Sentinel.")
        kwargs["ssl"] = connection_class is redis.SSLConnection
        inherited = ("socket_", "ssl", "driver_info", "lib_")
        known, given = {**arguments, **kwargs}, own.get("sentinel_kwargs") or {}
        is_off = known.get("ssl_check_hostname") is False and _verifies(known)
        for_sentinels = {
            **{name: known[name] for name in known if name.startswith(inherited)},
            "username": own.get("sentinel_username"),
            "password": own.get("sentinel_password"),
            "retry": Retry(NoBackoff(), 0),  # The client retries, and asks all again.
            # As for the server: checked with the certificate, unless it is turned off.
            "ssl_check_hostname": _verifies({**known, **given}) and not is_off,
            **given,
        }
        others = own.get("min_other_sentinels") or 0
        manager = redis.Sentinel(own["sentinels"], others, for_sentinels)  # type: ignore[no-untyped-call]
        kwargs["is_master"] = own.get("role") != "replica"
        return redis.SentinelConnectionPool(own["service_name"], manager, **kwargs)  # type: ignore[no-untyped-call]

    def pool_arguments(self, client: t.Any, arguments: _Values) -> _Values:
        # The pool's arguments, not the client's: a subclass may change them.
        added = redis.ConnectionPool().connection_kwargs
        used = client.connection_pool.connection_kwargs
        of_pool = {k: arguments[k] for k in _OF_POOLS if arguments.get(k) is not None}
        return {**{k: used[k] for k in used if k not in added}, **of_pool}


# 3. The late start of a cluster's client.
class _LateStart:
    """A base for the client of a cluster, whose constructor connects.

    It does that at first use, so an app starts while its cluster is down. Without a
    lock, which would hang with the cluster, several first threads make a client each.
    """

    def __init__(self, start: t.Callable[[], t.Any]) -> None:
        self._start = start

    def __getattr__(self, name: str) -> t.Any:
        # The constructor sets no dunders: don't connect when copy.copy() looks them up.
        if name.startswith("__"):
            raise AttributeError(name)
        if "_started" not in vars(self):
            started = self._start()
            if vars(self).setdefault("_started", started) is started:
                vars(self).update({**vars(started), **vars(self)})
            else:
                started.disconnect_connection_pools()
        return getattr(self._started, name)

    def close(self) -> None:
        if "_started" in vars(self):
            super().close()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


# 4. The values. Many come from the environment, as strings or as parsed JSON.
class _Kind(t.NamedTuple):
    """How errors describe valid values, and a function that converts them or fails."""

    expected: str
    convert: t.Callable[..., t.Any]
    args: tuple[t.Any, ...] = ()


def _convert(label: str, value: t.Any, kind: _Kind | None) -> t.Any:
    if value is None or kind is None:
        return value
    with contextlib.suppress(Exception):
        if (converted := kind.convert(value, *kind.args)) is not None:
            return converted
    # Raised out here, so that no error is chained that shows the value.
    raise ValueError(f"{label} must be {kind.expected}.")


def _boolean(value: t.Any) -> bool | None:
    return ConfigParser.BOOLEAN_STATES.get(str(value).strip().lower())


def _number(value: t.Any, number_type: type, least: float, most: float) -> t.Any:
    number = number_type(value)
    is_same = number == value and not isinstance(value, bool)
    if isinstance(value, str):  # Python also reads 6_379, and digits of other scripts.
        is_same = value.isascii() and "_" not in value
    return number if is_same and least <= number <= most else None


def _string(value: t.Any) -> t.Any:
    # JSON turns 12345 into an integer, which str() restores. It would not restore 1.50.
    return str(value) if type(value) is int else os.fspath(value)


def _path(value: t.Any) -> str | None:
    path = re.sub(r"\A(?:file|unix)://(/[^?]*)\Z", r"\1", os.fsdecode(value))
    return path if path.startswith("/") else None


def _host(value: t.Any) -> str | None:
    host: str = _string(value)
    if "/" in host:
        return _path(host)
    if ":" in host:
        return str(ipaddress.IPv6Address(re.sub(r"\A\[(.*)]\Z", r"\1", host)))
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


def _known(value: t.Any, look_up: t.Callable[[t.Any], t.Any]) -> t.Any:
    return (look_up(value), value)[1]


def _verify_mode(value: t.Any) -> t.Any:
    mode = value.lower().removeprefix("cert_") if isinstance(value, str) else value
    is_known = mode in ("none", "optional", "required", *ssl.VerifyMode)
    return mode if is_known and not isinstance(value, bool) else None


def _object(value: t.Any, *allowed: type) -> t.Any:
    is_plain = isinstance(value, (str, bytes, int, float, list, dict))
    is_right = isinstance(value, allowed) or not is_plain
    return value if is_right and not _is_async(type(value)) else None


def _is_async(class_: type) -> bool:
    return any("asyncio" in each.__module__.split(".") for each in class_.__mro__)


def _verifies(arguments: _Values) -> bool:
    return arguments.get("ssl_cert_reqs", "required") not in (None, "none", 0)


_MOST = 1e308  # Not infinity.
# FORWARDREF: annotations may have names that only type checkers import.
_LAZY: t.Any = {"annotation_format": 3} if sys.version_info >= (3, 14) else {}
_DEFAULT_RETRY = inspect.signature(redis.Redis, **_LAZY).parameters["retry"].default
_PAIRS = "host:port,host:port or a list of such pairs, with ports from 1 to 65535"
_STRATEGIES = getattr(redis.cluster, "LoadBalancingStrategy", str)
_BOOLEAN = _Kind("true or false (or yes or no, on or off, 1 or 0)", _boolean)
_INTEGER = _Kind("an integer", _number, (int, -_MOST, _MOST))
_INDEX = _Kind("an integer, 0 or more", _number, (int, 0, _MOST))
_COUNT = _Kind("an integer, 1 or more", _number, (int, 1, _MOST))
_NUMBER = _Kind("a number", _number, (float, -_MOST, _MOST))
_SECONDS = _Kind("a number of seconds, 0 or more", _number, (float, 0, _MOST))
_TIMEOUT = _Kind("a number of seconds greater than 0", _number, (float, 1e-6, 1e9))
_STRING = _Kind('a string; quote values like 1.5 and true, as in "1.5"', _string)
_HOST = _Kind("a host without a port, or the absolute path of a Unix socket", _host)
_PORT = _Kind("an integer from 1 to 65535", _number, (int, 1, 65535))
_COLLECTION = _Kind("a list or dict, not a string or number", _object, (list, dict))
_OBJECT = _Kind("a Python object, not a string, number, list or dict", _object)

#: What the parameters of this extension accept.
_OWN_KINDS = {
    "connection_pool_class": _Kind("a redis.ConnectionPool class or its path", _pool),
    "connection_pool_timeout": _SECONDS,
    "startup_nodes": _Kind(_PAIRS, _nodes, (6379,)),
    "sentinels": _Kind(_PAIRS, _nodes, (26379,)),
    "service_name": _STRING,
    "role": _Kind("primary or replica", {r: r for r in ("primary", "replica")}.get),
    "min_other_sentinels": _INDEX,
    "sentinel_username": _STRING,
    "sentinel_password": _STRING,
    "sentinel_kwargs": _Kind("a dict of parameters of redis.Redis", dict),
}
_NEVER = dict.fromkeys(_OWN_KINDS, _Kind("left out: it needs redis-py's class", {}.get))
_OBJECTS = ["cache", "cache_config", "connection_pool", "credential_provider"]
_OBJECTS += ["address_remap", "driver_info", "event_dispatcher", "policy_resolver"]
_OBJECTS += ["maint_notifications_config", "oss_cluster_maint_notifications_handler"]
_OBJECTS += ["redis_connect_func", "ssl_ocsp_context"]
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
    "unix_socket_path": _Kind("the absolute path of a Unix socket", _path),
    "encoding": _Kind("a Python encoding", _known, ("".encode,)),
    "encoding_errors": _Kind("a codec error handler", _known, (codecs.lookup_error,)),
    "retry": _Kind("an integer, 0 or more, or a redis.retry.Retry", _retry),
    "retry_on_error": _COLLECTION,
    "ssl": _BOOLEAN,
    "ssl_cert_reqs": _Kind("none, optional or required", _verify_mode),
    "ssl_include_verify_flags": _COLLECTION,
    "ssl_exclude_verify_flags": _COLLECTION,
    "ssl_password": _STRING,
    "ssl_min_version": _Kind("an ssl.TLSVersion, such as TLSv1.2", _tls_version),
    "max_connections": _COUNT,
    "health_check_interval": _SECONDS,
    "client_name": _STRING,
    "username": _STRING,
    "protocol": _Kind("a version of the protocol, 2 or 3", _number, (int, 2, 3)),
    "startup_nodes": _OWN_KINDS["startup_nodes"],
    "load_balancing_strategy": _Kind("a strategy, such as round_robin", _STRATEGIES),
    **dict.fromkeys(_OBJECTS, _OBJECT),
}
#: What other parameters accept, by the type of the default.
_KINDS_BY_TYPE = {bool: _BOOLEAN, int: _INTEGER, float: _NUMBER, str: _STRING}


def _parameters(made: type, *more: type) -> dict[str, _Kind | None]:
    """Return the parameters of a class, and through ``**kwargs`` of the next one."""
    parameters: dict[str, _Kind | None] = {}
    owners = [each for each in made.__mro__[:-1] if "__init__" in vars(each)]
    for owner in (*owners, *more) if owners else ():
        signature = inspect.signature(vars(owner)["__init__"], **_LAZY)
        _, *rest = signature.parameters.values()
        for each in rest:
            # In redis-py 5 and earlier, old names are deprecated parameters.
            is_old = owner is redis.StrictRedis and each.name in _OLD_NAMES
            is_named = each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
            if is_named and not is_old:
                by_type = _KINDS_BY_TYPE.get(type(each.default))
                parameters.setdefault(each.name, _KINDS.get(each.name, by_type))
        if not any(each.kind is each.VAR_KEYWORD for each in rest):
            break
    for name in ("url", "connection_pool_class"):  # These are the extension's own.
        parameters.pop(name, None)
    return parameters


#: Each of these gives the address, and overrides all of them in earlier places.
_SERVERS = {"host", "unix_socket_path", "connection_pool", "sentinels", "startup_nodes"}
#: By a part of the scheme: an example, what the path must be, and a pattern with groups
#: named like parameters. If it does not match, the path is invalid.
_WHO = r"(?:(?P<username>[^:/]*)(?::(?P<password>[^/]*))?@)?"
_ADDRESS = r"(?P<host>\[.*](?=[:/]|\Z)|[^:/]*)(?::(?P<port>[^/]*))?"
_NODES = "(?P<startup_nodes>[^/]+)"
_SOCKET = "(?P<unix_socket_path>/.+)"
_SENTINELS = "(?P<sentinels>[^/]+)/(?P<service_name>[^/@]+)"
_DB = r"(?:/(?P<db>[0-9]+))?/?"
_FORMS = {
    "sentinel": ("redis+sentinel://a:26379,b:26379/service", "a name", _SENTINELS),
    "cluster": ("redis+cluster://host:6379,host:6379", "0 or empty", _NODES),
    "unix|sock|file": ("unix:///run/redis.sock?db=0", "absolute", _SOCKET),
    "": ("redis://user:password@host:6379/0", "a database number", _ADDRESS),
}
_SCHEMES = ["redis", "rediss", "unix"]
_SCHEMES += ["redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster"]
_URL = _Kind("a URL; write # in a password as %23", re.compile("[^#]*").fullmatch)


def _split_url(setting: str, url: t.Any) -> tuple[_Values, _Values]:
    """Return the parameters in a URL, and those that it implies, all as strings."""
    if url is None:
        return {}, {}
    address, _, query = _convert(setting, url, _URL)[0].partition("?")
    scheme, separator, rest = address.partition("://")
    scheme = scheme.lower().replace("valkey", "redis")
    # Without a slash, the "scheme" is a host, whose name may contain these words.
    word = scheme if ":/" in address else ""
    example, path, pattern = next(v for k, v in _FORMS.items() if re.search(k, word))
    if scheme not in _SCHEMES or not separator:
        if re.search("rediss|tls|ssl|password=", word or scheme):
            example = example.replace("redis", "rediss", 1)
        schemes = f"one of {', '.join(_SCHEMES)} (or valkey instead of redis)"
        raise ValueError(f"{setting}: the scheme must be {schemes}, as in {example}.")
    expected = f"{path}, as in {example}. Write / in a password as %2F"
    kind = _Kind(expected, re.compile(_WHO + pattern + _DB, re.DOTALL).fullmatch)
    found = _convert(f"{setting}: the path", rest, kind).groupdict()
    given = {name: unquote(value) for name, value in found.items() if value}
    options = {k: v[0] for k, v in parse_qs(query, keep_blank_values=True).items()}
    given |= {"db": options.pop("db")} if "db" in options else {}  # Not the path's.
    implied = {"db": "0", "host": "localhost", "port": "6379"}
    left_out = implied.keys() & found.keys() - given.keys()
    repeated = {*given, *_SERVERS, "port", "service_name"}
    repeated |= {old for old, new in _OLD_NAMES.items() if new in given}
    for name in sorted(options.keys() & repeated):
        raise ValueError(f"{setting}: {name} belongs in the address, not in an option.")
    if scheme.startswith("rediss") and not _boolean(options.setdefault("ssl", "true")):
        raise ValueError(f"{setting}: with {scheme}://, ssl must be true.")
    return {**options, **given}, {name: implied[name] for name in left_out}
