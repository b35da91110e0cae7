"""The two databases, each an object to import wherever it is needed."""

from typing import Any

from redis.backoff import ConstantBackoff
from redis.retry import Retry

from flask_redis import Redis

#: Options of both. Settings such as ``REDIS_LINKS_SOCKET_TIMEOUT`` win over them.
#: While a server is away, people are told so soon, not after many tries.
OPTIONS: dict[str, Any] = {
    "decode_responses": True,
    "socket_connect_timeout": 1,
    "socket_timeout": 2,
    "retry": Retry(ConstantBackoff(0.1), 1),
}

#: Lists of ids, and the counter that the ids come from.
links = Redis(config_prefix="REDIS_LINKS", **OPTIONS)

#: What people wrote, a hash each.
content = Redis(config_prefix="REDIS_CONTENT", **OPTIONS)
