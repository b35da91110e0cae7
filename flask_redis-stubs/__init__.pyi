import typing as t

import redis
from flask import Flask

__all__ = ("FlaskRedis", "Redis")
__version__: str

# Not a subclass at run time, but it has all that the current client has.
class Redis(redis.Redis):
    app: Flask | None
    def __init__(
        self,
        app: Flask | None = None,
        config_prefix: str | None = None,
        **options: t.Any,
    ) -> None: ...
    def init_app(
        self, app: Flask, config_prefix: str | None = None, **options: t.Any
    ) -> None: ...
    def get_app(self) -> Flask: ...
    @property
    def config_prefix(self) -> str: ...
    @property
    def connection(self) -> redis.Redis: ...  # type: ignore[override]
    def __contains__(self, name: t.Any) -> bool: ...  # type: ignore[override]
    def __enter__(self) -> redis.Redis: ...
    def __exit__(self, *exc_info: object) -> None: ...

    # Of the client only, as at run time: the class has no constructors but its own.
    @property
    def from_pool(self) -> t.Callable[..., redis.Redis]: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
    @property
    def from_url(self) -> t.Callable[..., redis.Redis]: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]

class FlaskRedis(Redis):
    provider_class: t.Any
    _redis_client: t.Any
    def __init__(
        self,
        app: Flask | None = None,
        strict: bool = True,
        config_prefix: str | None = None,
        **options: t.Any,
    ) -> None: ...
    @classmethod
    def from_custom_provider(
        cls, provider: t.Any, app: Flask | None = None, **options: t.Any
    ) -> t.Self: ...
