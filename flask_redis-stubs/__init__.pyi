import typing as t

import redis
from flask import Flask

__all__ = ("FlaskRedis", "Redis")
__version__: str

# Not a subclass at run time, but it has all that the current client has.
class Redis(redis.Redis):
    def __init__(
        self,
        app: Flask | None = None,
        config_prefix: str | None = None,
        **options: t.Any,
    ) -> None: ...
    def init_app(self, app: Flask, config_prefix: str | None = None) -> None: ...
    @property
    def connection(self) -> redis.Redis: ...  # type: ignore[override]
    def __contains__(self, name: t.Any) -> bool: ...  # type: ignore[override]
    def __enter__(self) -> redis.Redis: ...
    def __exit__(self, *exc_info: object) -> None: ...

FlaskRedis = Redis
