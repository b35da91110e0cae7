from flask_redis import FlaskRedis as FlaskRedis
from flask_redis import Redis as Redis
from flask_redis import __version__ as __version__

__all__ = ("FlaskRedis", "Redis")
