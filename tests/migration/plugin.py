"""Lets the tests of other projects use a server on a free port."""

import os

from flask import Flask

from flask_redis import Redis  # noqa: F401  Not in flask-redis.

Flask.default_config = type(Flask.default_config)(
    Flask.default_config, REDIS_URL=os.environ["MIGRATION_URL"]
)
