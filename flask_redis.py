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
import math
import os
import re
import sys
import types
import typing as t
import weakref
from urllib.parse import parse_qs, urlsplit

from flask import current_app
from redis import ConnectionPool, StrictRedis
from werkzeug.local import LocalProxy
from werkzeug.utils import import_string

if t.TYPE_CHECKING:
    from flask import Config, Flask

__all__ = ("Redis",)
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

    def __init__(
        self,
        app: Flask | None = None,
        config_prefix: str | None = None,
        **options: t.Any,
    ) -> None:
        self._app: Flask | None = None
        self._config_prefix = config_prefix or "REDIS"
        self._options = options
        self._prefixes: t.MutableMapping[Flask, str] = weakref.WeakKeyDictionary()
        self._late_methods: dict[str, t.Callable[..., t.Any]] = {}
        # Called, it gives the class of the client registered last, or None.
        self._client_class: t.Callable[[], type | None] = lambda: None
        if app is not None:
            self.init_app(app)
            self._app = app

    def init_app(self, app: Flask, config_prefix: str | None = None) -> None:
        """Read the app's settings and put a client on the app.

        The settings are read once, here; changing them later has no effect.
        No connection is opened before the client is first used. Nothing is
        registered or changed when an error is raised, so the call can be
        repeated with the setting mended.

        Where ``REDIS_URL`` is set, what it says of host, port (or Unix
        socket), database, user name and password is written to the settings
        of these names.

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
            A value that a parameter does not take is an error, and so is one
            object under two prefixes on one app.
        .. versionchanged:: 0.4
            Takes ``config_prefix``.
        .. versionadded:: 0.3
        """
        prefix = config_prefix or self._config_prefix
        if isinstance(app, LocalProxy):
            raise TypeError("init_app() takes the app itself, not current_app.")
        if not str(prefix).isidentifier():
            # Not shown: it may be a URL that went astray, password and all.
            raise ValueError("config_prefix must begin names, as REDIS in REDIS_URL.")
        if app in self._prefixes:
            raise ValueError(
                f"This Redis object already serves the app {app.name!r} with the "
                f"prefix {self._prefixes[app]!r}. Make a second Redis object for "
                "a second database."
            )
        if prefix in app.extensions.get("redis", {}):
            raise ValueError(
                f"The app {app.name!r} already has a client with the prefix "
                f"{prefix!r}. Give this one another config_prefix."
            )
        client = _create_client(app.config, prefix, self._options)
        app.extensions.setdefault("redis", {})[prefix] = client
        self._prefixes[app] = prefix
        self._client_class = weakref.ref(type(client))

    @property
    def connection(self) -> StrictRedis:
        """The client of the current app.

        :raises RuntimeError: if there is no current app, or it was never
            registered with this object.

        .. versionadded:: 0.4
        """
        return self._current_client()

    def _current_client(self) -> StrictRedis:
        try:
            app = current_app._get_current_object()  # type: ignore[attr-defined]
        except RuntimeError:
            app = self._app
        if app is None:
            raise _NoClientError(
                f"{self!r} has no current Flask app. Call init_app(app) once for "
                "each app, and use it in a request or in `with app.app_context():`."
            )
        try:
            client: StrictRedis = app.extensions["redis"][self._prefixes[app]]
        except KeyError:
            raise _NoClientError(
                f"The current app {app.name!r} is not registered with {self!r}. "
                "Call init_app(app) when the app is created, and use the same "
                "Redis object everywhere."
            ) from None
        return client

    def __getattr__(self, name: str) -> t.Any:
        if name.startswith("_"):
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r}"
            )
        try:
            found = getattr(self._current_client(), name)
        except _NoClientError:
            # Outside a context the class of a client tells what is a method.
            client_class = self._client_class()
            found = name in dir(client_class) and getattr(client_class, name)
            if not _is_method(found):
                raise
        if not _is_method(found):
            return found
        if name not in self._late_methods:
            self._late_methods[name] = _late_method(name, found)
        return types.MethodType(self._late_methods[name], self)

    def __dir__(self) -> list[str]:
        try:
            target: object = self._current_client()
        except _NoClientError:
            target = self._client_class()
        names = (name for name in dir(target) if not name.startswith("_"))
        return [*{*super().__dir__(), *names}]

    def __getitem__(self, name: t.Any) -> t.Any:
        return self.connection[name]

    def __setitem__(self, name: t.Any, value: t.Any) -> None:
        self.connection[name] = value

    def __delitem__(self, name: t.Any) -> None:
        del self.connection[name]

    def __contains__(self, name: t.Any) -> bool:
        return name in self.connection

    def __enter__(self) -> StrictRedis:
        return self.connection

    def __exit__(self, *exc_info: object) -> None:
        pass

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._config_prefix!r}>"


class _NoClientError(RuntimeError, AttributeError):
    """There is no current client.

    A ``RuntimeError``, like Flask's own outside a context. Also an
    ``AttributeError``, so that ``hasattr(redis, name)`` answers everywhere.
    """


def _is_method(found: object) -> bool:
    return isinstance(found, (types.FunctionType, types.MethodType))


def _late_method(name: str, method: t.Any) -> t.Callable[..., t.Any]:
    """A method of :class:`Redis` that looks like the client's, text and all, and
    finds the client when it is called."""

    @functools.wraps(getattr(method, "__func__", method))
    def call(self: Redis, *args: t.Any, **kwargs: t.Any) -> t.Any:
        return getattr(self._current_client(), name)(*args, **kwargs)

    # The signature is all that is wanted of what is wrapped, which may hold an
    # app: a class made in an app factory does.
    call.__signature__ = inspect.signature(call)  # type: ignore[attr-defined]
    del call.__wrapped__
    return call


# From settings to a client. Parameters of the client's class are given in three
# places, the later winning over the earlier: in code, as settings, in the URL.

#: Settings of earlier releases, and the parameters that they are now.
_OLD_NAMES = {"charset": "encoding", "errors": "encoding_errors", "user": "username"}

#: Each of these says where the server is, so a place that gives one of them
#: sets aside what the places before it gave.
_ADDRESSES = ("host", "unix_socket_path", "connection_pool")

#: What a URL determines is written back to the settings of these names.
_WRITTEN_BACK = ("host", "port", "unix_socket_path", "db", "username", "password")


def _create_client(config: Config, prefix: str, options: dict[str, t.Any]) -> t.Any:
    client_class = _read_class(config, prefix)
    parameters = _parameters(client_class)
    for name in options:
        if name not in parameters:
            raise TypeError(
                f"The option {name!r} for {prefix!r} is no parameter of the client's "
                "class. Is it misspelt?"
            )
    in_url = _read_url(config, prefix, parameters)
    arguments: dict[str, t.Any] = {}
    for place in (options, _read_settings(config, prefix, parameters), in_url):
        if any(place.get(name) is not None for name in _ADDRESSES):
            for name in _ADDRESSES:
                arguments.pop(name, None)
        arguments.update(place)
    if str(arguments.get("host")).startswith("/"):
        arguments["unix_socket_path"] = arguments.pop("host")
    client = client_class(**arguments)
    for name in _WRITTEN_BACK:
        if name in in_url:
            config[f"{prefix}_{name.upper()}"] = in_url[name]
    return client


def _read_class(config: Config, prefix: str) -> type:
    setting = f"{prefix}_CLASS"
    expected = "a class or its dotted path, such as 'redis.StrictRedis'"
    value = config.get(setting)
    if value is None or value == "":
        return StrictRedis
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
    for owner in (*client_class.__mro__, StrictRedis):
        if takes_more and "__init__" in vars(owner):
            # signature() sees through decorators, as getfullargspec() does not.
            _, *rest = inspect.signature(vars(owner)["__init__"]).parameters.values()
            for each in rest:
                # redis-py 5 and earlier has the old names too, but deprecated.
                deprecated = owner is StrictRedis and each.name in _OLD_NAMES
                named = each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
                if named and not deprecated:
                    kind = _KINDS.get(each.name, _KINDS.get(type(each.default)))
                    parameters.setdefault(each.name, kind)
            takes_more = any(each.kind is each.VAR_KEYWORD for each in rest)
    # The setting of this name is the extension's own.
    parameters.pop("url", None)
    return parameters


def _read_settings(
    config: Config, prefix: str, parameters: _Parameters
) -> dict[str, t.Any]:
    # Old names come first, so that new ones win.
    names = {old: new for old, new in _OLD_NAMES.items() if new in parameters}
    names.update((name, name) for name in parameters)
    settings = {}
    for name, parameter in names.items():
        setting = f"{prefix}_{name.upper()}"
        if setting in config:
            kind = parameters[parameter]
            settings[parameter] = _convert(setting, config[setting], kind)
    return settings


def _read_url(config: Config, prefix: str, parameters: _Parameters) -> dict[str, t.Any]:
    setting = f"{prefix}_URL"
    url = config.get(setting)
    if url is None or url == "":
        return {}
    given = _convert(setting, url, _URL)
    if not given.keys() <= parameters.keys():
        # Not shown which: after an unencoded "?" it is a piece of the password.
        raise ValueError(
            f"{setting} has an option that is no parameter of the client's class."
        )
    return {
        name: _convert(f"{setting}: {name}", value, parameters[name])
        for name, value in given.items()
    }


# What a parameter takes. Settings often come from the environment, as text or
# read as JSON, and become what redis-py expects, or an error that names them.


class _Kind(t.NamedTuple):
    convert: t.Callable[[t.Any], t.Any]
    expected: str


_Parameters = dict[str, t.Optional[_Kind]]


def _convert(label: str, value: t.Any, kind: _Kind | None) -> t.Any:
    if value is None or kind is None:
        return value
    try:
        return kind.convert(value)
    except (LookupError, OverflowError, TypeError, ValueError):
        pass
    # Raised out here to chain no error that quotes the value: it may be secret.
    raise ValueError(f"{label} must be {kind.expected}.")


def _boolean(value: t.Any) -> bool:
    return _BOOLEANS[str(value).strip().lower()]


_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


def _number(
    number_type: t.Callable[[t.Any], float],
    least: float = -math.inf,
    most: float = sys.float_info.max,
) -> t.Callable[[t.Any], float]:
    def convert(value: t.Any) -> float:
        number = number_type(value)
        if isinstance(value, bool) or not least <= number <= most:
            raise ValueError
        if not isinstance(value, str) and number != value:
            raise ValueError
        return number

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


def _object(value: t.Any) -> t.Any:
    if isinstance(value, (str, bytes, int, float)):
        raise TypeError
    return value


def _encoding(value: t.Any) -> t.Any:
    "".encode(value)
    return value


def _verify_mode(value: t.Any) -> t.Any:
    if isinstance(value, str) and value not in ("none", "optional", "required"):
        raise ValueError
    return value


def _url(value: t.Any) -> dict[str, t.Any]:
    """The parameters that a URL gives, its options and database still text.

    redis-py reads the address. What it would pass over or guess is refused, as
    is an option that says again what the address says; only ``?db=`` goes
    before the path, as redis-py has it.
    """
    if not isinstance(value, str) or "#" in value:
        raise ValueError
    address, _, query = value.partition("?")
    parts = urlsplit(address)
    read = ConnectionPool.from_url(address).connection_kwargs
    options = parse_qs(query, keep_blank_values=True, strict_parsing=bool(query))
    names = ("host", "port", "username", "password")
    given = {name: read[name] for name in names if name in read}
    absent: dict[str, t.Any] = {"db": 0}
    if parts.scheme == "unix":
        if not parts.path or parts.netloc.rpartition("@")[2]:
            raise ValueError
        given["unix_socket_path"] = read["path"]
        elsewhere = {"host", "port"}
    else:
        path = re.fullmatch(r"(?:/(\d+))?/?", parts.path, re.ASCII)
        if parts.port == 0 or path is None:
            raise ValueError
        absent.update(host="localhost", port=6379, db=path[1] or 0)
        elsewhere = {"unix_socket_path"}
    if parts.scheme == "rediss":
        given["ssl"] = True
    if options.keys() & (given.keys() | elsewhere):
        raise ValueError
    return {**absent, **{name: values[0] for name, values in options.items()}, **given}


_TRUE_OR_FALSE = _Kind(_boolean, "true or false (or yes or no, on or off, 1 or 0)")
_WHOLE_NUMBER = _Kind(_number(int), "a whole number")
_ONE_OR_MORE = _Kind(_number(int, 1), "a whole number, 1 or more")
_TIMEOUT = _Kind(_number(float, 1e-6, 1e9), "a number of seconds, more than 0")
_TEXT = _Kind(_text, "text; put a number such as 1.5, or true, in quotes")
_URL = _Kind(
    _url,
    "redis://[[user]:password@]host[:port][/db], the same with rediss:// for TLS, or "
    "unix://[[user]:password@]/path[?db=0]; then ?name=value&name=value for options. "
    "The port is from 1 to 65535, the db a number, and what is special in a password "
    "percent-encoded",
)
_OBJECT = _Kind(_object, "an object made in Python, which text cannot say")

#: By a parameter's name or else by the type of its default. A parameter that is
#: in neither way here takes what it is given.
_KINDS: dict[str | type, _Kind] = {
    bool: _TRUE_OR_FALSE,
    int: _WHOLE_NUMBER,
    float: _Kind(_number(float), "a number"),
    str: _TEXT,
    "host": _Kind(_host, "a host, or the absolute path of a Unix socket"),
    "port": _Kind(_number(int, 1, 65535), "a whole number from 1 to 65535"),
    "db": _Kind(_number(int, 0), "a whole number, 0 or more"),
    "max_connections": _ONE_OR_MORE,
    "protocol": _Kind(_number(int, 2, 3), "a version of the Redis protocol, 2 or 3"),
    "encoding": _Kind(_encoding, "an encoding that Python has"),
    "ssl_cert_reqs": _Kind(_verify_mode, "none, optional or required"),
    "socket_keepalive": _TRUE_OR_FALSE,
    "socket_read_size": _ONE_OR_MORE,
    "socket_timeout": _TIMEOUT,
    "socket_connect_timeout": _TIMEOUT,
    "health_check_interval": _Kind(_number(float, 0), "a number of seconds, or 0"),
    "ssl_min_version": _Kind(_number(int), "an ssl.TLSVersion or its number"),
    "unix_socket_path": _TEXT,
    **dict.fromkeys(("username", "password", "client_name", "ssl_password"), _TEXT),
    **dict.fromkeys(
        (
            "cache cache_config connection_pool credential_provider driver_info"
            " event_dispatcher maint_notifications_config"
            " oss_cluster_maint_notifications_handler redis_connect_func retry"
            " retry_on_error socket_keepalive_options ssl_exclude_verify_flags"
            " ssl_include_verify_flags ssl_ocsp_context"
        ).split(),
        _OBJECT,
    ),
}
