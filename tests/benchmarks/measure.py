"""Measures one way to call a command, with pyperf: ``measure.py SUBJECT URL -o FILE``.

The command does nothing, so that no network hides what is in front of it. The
module ``flask_redis`` is whichever is installed.
"""

import contextlib
import functools
import sys

import pyperf
import redis as redis_py
from flask import Flask, current_app


class Client(redis_py.StrictRedis):
    def ping(self):
        pass

    def own(self):
        pass


def make_app(number=0, prefixes=("REDIS",), url=None):
    app = Flask(f"app_{number}")
    for prefix in prefixes:
        app.config[f"{prefix}_CLASS"] = Client
        if url:
            app.config[f"{prefix}_URL"] = url
    return app


def extension(url, context=Flask.app_context, apps=1, prefixes=1):
    """The object, and the context that it is used in. It may serve many apps."""
    from flask_redis import Redis

    names = [f"REDIS{number}" for number in range(prefixes)]
    objects = [Redis(config_prefix=name) for name in names]
    for number in range(apps):
        app = make_app(number, names, url)
        for each in objects:
            each.init_app(app)
    return objects[-1], context(app)


def bare(url):
    app = make_app(url=url)
    client = Client.from_url(url) if url else Client()
    return client, app.app_context()


def bound(url):
    from flask_redis import Redis

    return Redis(make_app(url=url)), contextlib.nullcontext()


def local_proxy(url):
    from werkzeug.local import LocalProxy

    client, context = bare(url)
    context.app.extensions["redis"] = {"REDIS": client}
    return LocalProxy(lambda: current_app.extensions["redis"]["REDIS"]), context


def flask_redis(url):
    from flask_redis import FlaskRedis

    app = make_app(url=url)
    app.config.setdefault("REDIS_URL", "redis://localhost")
    return FlaskRedis.from_custom_provider(Client, app), app.app_context()


def flask_and_redis(url):
    from flask_redis import Redis

    app = make_app(url=url)
    return Redis(app), app.app_context()


SUBJECTS = {
    "bare": bare,
    "request": functools.partial(extension, context=Flask.test_request_context),
    "context": extension,
    "own": extension,
    "bound": bound,
    "100 apps": functools.partial(extension, apps=100),
    "50 prefixes": functools.partial(extension, prefixes=50),
    "LocalProxy": local_proxy,
    "flask-redis": flask_redis,
    "Flask-And-Redis 1.0": flask_and_redis,
}


def main():
    subject, url = sys.argv[1:3]
    del sys.argv[1:3]
    runner = pyperf.Runner(
        program_args=[__file__, subject, url], processes=3, values=5, warmups=1
    )
    redis, context = SUBJECTS[subject](None if url == "-" else url)
    with context:
        if url == "-":
            method = "own" if subject == "own" else "ping"
            runner.timeit(subject, f"redis.{method}()", globals={"redis": redis})
        else:
            redis.set("key", "value")
            runner.timeit(
                f"{subject} GET", "redis.get('key')", globals={"redis": redis}
            )


if __name__ == "__main__":
    main()
