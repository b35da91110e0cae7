"""Comments: people start threads and talk. A demonstration of Flask-And-Redis.

It uses two Redis databases at once: ``REDIS_LINKS`` for lists of ids and
counters, ``REDIS_CONTENT`` for what people wrote. Set ``REDIS_LINKS_URL`` and
``REDIS_CONTENT_URL`` in the environment to say where they are; without them
the app brings a server of its own.
"""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

import click
from flask import Flask, render_template
from flask_wtf import CSRFProtect
from redis.exceptions import (
    ClusterError,
    ConnectionError,
    RedisClusterException,
    TimeoutError,
)
from werkzeug.exceptions import HTTPException, NotFound, ServiceUnavailable

from . import embedded, threads, views
from .databases import content, links

URLS = {"REDIS_LINKS_URL": 0, "REDIS_CONTENT_URL": 1}

#: What redis-py raises, retries included, while a server or a cluster is away.
OUTAGES = (ConnectionError, TimeoutError, ClusterError, RedisClusterException)

csrf = CSRFProtect()


def create_app(config=None):
    app = Flask(__name__)
    app.config.from_mapping(
        MAX_CONTENT_LENGTH=64 * 1024,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
    )
    app.config.from_mapping(
        {name: value for name, value in os.environ.items() if name[:6] == "REDIS_"}
    )
    app.config.from_mapping(config)
    if not app.config["SECRET_KEY"]:
        app.config["SECRET_KEY"] = secret_key(Path(app.instance_path))
    if not any(app.config.get(url) for url in URLS):
        bring_server(app)
    for url in URLS:
        if not app.config.get(url):
            raise RuntimeError(f"Set {url} too, or neither of {' and '.join(URLS)}.")

    links.init_app(app)
    content.init_app(app)
    app.register_blueprint(views.pages)
    csrf.init_app(app)
    app.register_error_handler(HTTPException, show_error)
    app.register_error_handler(threads.NoSuchThread, show_missing)
    for outage in OUTAGES:
        app.register_error_handler(outage, show_outage)
    return app


def secret_key(folder):
    """Signs the session cookies; kept, so that a restart signs nobody out."""
    path = folder / "secret_key"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=folder) as new:
        new.write(secrets.token_hex())
        new.flush()
        # Takes the name once it is whole, and only if there is none.
        with contextlib.suppress(FileExistsError):
            os.link(new.name, path)
    return path.read_text()


def bring_server(app):
    server = embedded.Server(
        embedded.wheel_binary(),
        Path(app.instance_path, "redis"),
        "--appendonly",
        "yes",
    )
    click.echo(
        f"No {' and '.join(URLS)} in the environment: an embedded "
        f"{server.binary.name} keeps the data in {server.folder}.",
        err=True,
    )
    for name, db in URLS.items():
        # The reloader's child process reads them there and uses this server.
        os.environ[name] = app.config[name] = server.url(db)


def show_error(error):
    response = error.get_response()
    response.data = render_template("error.html", error=error)
    return response


def show_missing(error):
    return show_error(NotFound())


def show_outage(error):
    return show_error(ServiceUnavailable(retry_after=5))
