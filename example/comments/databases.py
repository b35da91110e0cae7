"""The two databases, each an object to import wherever it is needed."""

from flask_redis import Redis

#: Lists of ids, and the counter that the ids come from.
links = Redis(config_prefix="REDIS_LINKS", decode_responses=True)

#: What people wrote, a hash each.
content = Redis(config_prefix="REDIS_CONTENT", decode_responses=True)
