"""A small site that counts its visits, with one way to have a client of Redis:
``create_app("this extension")`` and so on. Each is served where it is installed."""

import os

import redis as redis_py
from flask import Flask


def bare(app):
    return redis_py.Redis.from_url(app.config["REDIS_URL"])


def flask_redis(app):
    from flask_redis import FlaskRedis

    return FlaskRedis(app)


def this_extension(app):
    from flask_redis import Redis

    return Redis(app)


def create_app(way):
    app = Flask(__name__, static_folder=None)
    app.config["REDIS_URL"] = os.environ["REDIS_URL"]
    redis = globals()[way](app)

    @app.get("/")
    def index():
        return f"Visit number {redis.incr('visits')}"

    return app
