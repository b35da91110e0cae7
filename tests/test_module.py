"""The module as a file."""

import importlib.metadata
import shutil
import subprocess
import sys
from pathlib import Path

import flask_redis


def test_version_is_that_of_the_distribution():
    assert importlib.metadata.version("Flask-And-Redis") == flask_redis.__version__


def test_file_alone_works_without_any_metadata(tmp_path, server):
    shutil.copy(flask_redis.__file__, tmp_path)
    script = f"""
import sys, flask, redis
sys.path.insert(0, {str(tmp_path)!r})
sys.modules["importlib.metadata"] = None
import flask_redis
del sys.modules["importlib.metadata"]  # redis-py reads its own
assert flask_redis.__file__ == {str(tmp_path / "flask_redis.py")!r}
app = flask.Flask("an_app")
app.config["REDIS_URL"] = {server.url(2)!r}
flask_redis.Redis(app).set("key", flask_redis.__version__)
"""
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)
    with server.client(2) as client:
        assert client.get("key") == flask_redis.__version__


def test_works_without_docstrings_and_assertions(server):
    script = f"""
import sys, flask, flask_redis
assert False, "Python strips assertions with -OO."
if flask_redis.Redis.__doc__:
    sys.exit("Docstrings are there.")
app = flask.Flask("an_app")
app.config["REDIS_URL"] = {server.url(2)!r}
for each in (flask_redis.Redis(app), flask_redis.FlaskRedis(app)):
    each.set("key", "value")
    if each.get("key") != b"value" or each.get.__doc__:
        sys.exit("It does not work.")
try:
    flask_redis.Redis(app)
except ValueError:
    sys.exit(0)
sys.exit("An app is registered twice.")
"""
    folder = Path(flask_redis.__file__).parent
    subprocess.run([sys.executable, "-OO", "-c", script], check=True, cwd=folder)


def test_public_names():
    assert flask_redis.__all__ == ("FlaskRedis", "Redis")
