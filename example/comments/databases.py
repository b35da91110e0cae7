"""The two databases, as objects that any module can import."""

from typing import Any

from redis.backoff import ConstantBackoff
from redis.retry import Retry

from flask_redis import Redis

#: Options of both. Settings such as ``REDIS_LINKS_SOCKET_TIMEOUT`` override them. The
#: timeouts are short, so that a page soon shows that a server is unavailable.
OPTIONS: dict[str, Any] = {
    "decode_responses": True,
    "socket_connect_timeout": 1,
    "socket_timeout": 2,
    "retry": Retry(ConstantBackoff(0.1), 1),
}

#: Lists of ids, and the last id.
links = Redis(config_prefix="REDIS_LINKS", **OPTIONS)

#: Threads and comments, each a hash.
content = Redis(config_prefix="REDIS_CONTENT", **OPTIONS)
