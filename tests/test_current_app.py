"""Whose client it is: the current app's, and never another's."""

import threading

import pytest
from servers import make_app

from flask_redis import Redis


def make_apps(redis, server, *names):
    apps = []
    for db, name in enumerate(names):
        apps.append(make_app(name, REDIS_URL=server.url(db)))
        redis.init_app(apps[-1])
    return apps


def test_app_of_the_active_context_comes_first(server):
    bound = make_app("bound", REDIS_URL=server.url(0))
    other = make_app("other", REDIS_URL=server.url(1))
    redis = Redis(bound)
    redis.init_app(other)
    with other.app_context():
        redis.set("in other", 1)
        with bound.app_context():
            redis.set("in bound", 1)
        redis.set("in other again", 1)
    redis.set("outside", 1)
    assert server.keys() == {
        (1, "in other"),
        (0, "in bound"),
        (1, "in other again"),
        (0, "outside"),
    }


def test_app_of_a_request(server):
    redis = Redis()
    apps = make_apps(redis, server, "first", "second")
    for app in apps:
        app.add_url_rule("/", view_func=lambda: str(redis.incr("visits")))
    assert apps[0].test_client().get("/").text == "1"
    assert apps[0].test_client().get("/").text == "2"
    assert apps[1].test_client().get("/").text == "1"
    assert server.keys() == {(0, "visits"), (1, "visits")}


def test_app_of_a_cli_command(server):
    redis = Redis()
    (app,) = make_apps(redis, server, "an_app")

    @app.cli.command("count")
    def count():
        print(redis.incr("runs"))

    assert app.test_cli_runner().invoke(args=["count"]).output == "1\n"


def test_threads_have_their_own_current_app(server):
    redis = Redis()
    apps = make_apps(redis, server, *(f"app{n}" for n in range(4)))
    barrier = threading.Barrier(len(apps))

    def work(app):
        with app.app_context():
            barrier.wait()
            for number in range(50):
                redis.rpush(app.name, number)

    threads = [threading.Thread(target=work, args=(app,)) for app in apps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.keys() == {(n, f"app{n}") for n in range(4)}
    with apps[0].app_context():
        assert redis.llen("app0") == 50


def uses(redis):
    """Each way to use the object, a command or a look at the client."""
    return [
        lambda: redis.get("key"),
        lambda: redis.set("key", "value"),
        lambda: redis.pipeline(),
        lambda: redis.connection,
        lambda: redis.connection_pool,
        lambda: redis["key"],
        lambda: redis.__setitem__("key", "value"),
        lambda: redis.__delitem__("key"),
        lambda: "key" in redis,
        lambda: redis.__enter__(),
    ]


@pytest.mark.parametrize("use", range(len(uses(None))))
def test_no_current_app_is_an_error_that_names_init_app(use, app, server):
    redis = Redis()
    with pytest.raises(RuntimeError, match="init_app"):
        uses(redis)[use]()
    redis.init_app(app)
    # init_app binds no app, so there is none outside a context.
    with pytest.raises(RuntimeError, match=r"app\.app_context\(\)"):
        uses(redis)[use]()
    assert server.keys() == set()


@pytest.mark.parametrize("use", range(len(uses(None))))
def test_context_of_an_app_never_registered_is_an_error(use, app, server):
    redis = Redis(app)
    with (
        make_app("stranger").app_context(),
        pytest.raises(RuntimeError, match=r"'stranger' is not registered.*init_app"),
    ):
        uses(redis)[use]()
    assert server.keys() == set()


def test_app_registered_with_another_object_only_is_not_registered(server):
    app = make_app(REDIS_URL=server.url())
    Redis(app)
    with app.app_context(), pytest.raises(RuntimeError, match="init_app"):
        Redis().ping()


def test_client_taken_off_the_app_is_not_registered(app):
    redis = Redis(app)
    del app.extensions["redis"]["REDIS"]
    with pytest.raises(RuntimeError, match="init_app"):
        redis.ping()
