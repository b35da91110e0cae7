"""Comments, a demonstration of Flask-And-Redis: people start threads and comment.

It uses two Redis databases at once: ``REDIS_LINKS`` for ids, ``REDIS_CONTENT``
for titles and comments. Set their URLs in the environment, in
``REDIS_LINKS_URL`` and ``REDIS_CONTENT_URL``. Without them, the app starts a
Redis server of its own.
"""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

import click
from flask import Flask, g, render_template
from flask_wtf import CSRFProtect
from redis.exceptions import (
    ClusterError,
    ConnectionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisClusterException,
    TimeoutError,
)
from werkzeug.exceptions import HTTPException, NotFound, ServiceUnavailable

from . import embedded, threads, views
from .databases import content, links

URLS = {"REDIS_LINKS_URL": 0, "REDIS_CONTENT_URL": 1}

#: redis-py raises these after its retries, while a server or a cluster is unavailable
#: or accepts no writes.
OUTAGES = (
    ConnectionError,
    TimeoutError,
    ClusterError,
    RedisClusterException,
    OutOfMemoryError,
    ReadOnlyError,
)

#: For every response. No page needs a script, an inline style or another site.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with HTTPS, the CSRF protection requires the header.
    "Referrer-Policy": "same-origin",
}

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
        start_server(app)
    for url in URLS:
        if not app.config.get(url):
            raise RuntimeError(f"Set {url} too, or neither of {' and '.join(URLS)}.")

    links.init_app(app)
    content.init_app(app)
    app.register_blueprint(views.pages)
    csrf.init_app(app)
    app.after_request(add_headers)
    app.register_error_handler(HTTPException, show_error)
    app.register_error_handler(threads.NoSuchThread, show_missing)
    for outage in OUTAGES:
        app.register_error_handler(outage, show_outage)
    return app


def secret_key(folder):
    """Return the key that signs the cookies, from a file: restarts sign nobody out."""
    path = folder / "secret_key"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=folder) as new:
        new.write(secrets.token_hex())
        new.flush()
        # A link appears with its content, and only if no other process made one.
        with contextlib.suppress(FileExistsError):
            os.link(new.name, path)
    return path.read_text()


def start_server(app):
    server = embedded.Server(
        embedded.wheel_binary(),
        Path(app.instance_path, "redis"),
        "--appendonly",
        "yes",
    )
    click.echo(
        f"No {' and '.join(URLS)} in the environment: started "
        f"{server.binary.name}, which keeps its data in {server.folder}.",
        err=True,
    )
    for name, db in URLS.items():
        # The reloader's child process reads these variables and uses this server.
        os.environ[name] = app.config[name] = server.url(db)


def add_headers(response):
    response.headers.update(HEADERS)
    return response


def show_error(error):
    response = error.get_response()
    form = g.get("form")
    # The form goes back to its author, so that no text is lost.
    unsaved = form if form and form.is_submitted() and error.code >= 500 else None
    response.data = render_template("error.html", error=error, unsaved=unsaved)
    return response


def show_missing(error):
    return show_error(NotFound())


def show_outage(error):
    return show_error(ServiceUnavailable(retry_after=5))
