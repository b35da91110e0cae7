"""One app whose code stays as it is, whatever ``REDIS_URL`` says."""

from threading import Thread

import pytest
import redis as redis_py
from apps import make_app
from flask import jsonify, request
from servers import wait_until

from flask_redis import Redis

redis = Redis(decode_responses=True)


def create_app(url):
    app = make_app(REDIS_URL=url)
    redis.init_app(app)

    @app.get("/notes/<name>")
    def note(name):
        if name not in redis:
            return "", 404
        return redis[name]

    @app.put("/notes/<name>")
    def write(name):
        redis[name] = request.get_data(as_text=True)
        redis.expire(name, 100)
        return "", 204

    @app.delete("/notes/<name>")
    def delete(name):
        del redis[name]
        return "", 204

    @app.get("/notes")
    def notes():
        return jsonify(sorted(redis.scan_iter("*")))

    @app.post("/people/<name>/visits")
    def visit(name):
        with redis.pipeline(transaction=True) as pipeline:
            pipeline.hset(f"person:{{{name}}}", "name", name)
            pipeline.hincrby(f"person:{{{name}}}", "visits", 1)
            pipeline.incr(f"visits:{{{name}}}")
            return jsonify(pipeline.execute())

    @app.post("/jobs")
    def put_job():
        return jsonify(redis.rpush("jobs", request.get_data(as_text=True)))

    @app.post("/jobs/next")
    def take_job():
        return jsonify(redis.blpop("jobs", timeout=1))

    @app.post("/stock/<int:number>")
    def take_stock(number):
        with redis.lock("{stock}:lock", timeout=10, blocking_timeout=10):
            left = int(redis.get("{stock}") or 100) - number
            redis.set("{stock}", left)
        return jsonify(left)

    @app.post("/scripts/<int:number>")
    def add(number):
        script = redis.register_script("return redis.call('incrby', KEYS[1], ARGV[1])")
        return jsonify(script(keys=["sum"], args=[number]))

    return app


DEPLOYMENTS = [
    *("tcp", "unix", "tls"),
    *("sentinels", "cluster", "tls_sentinels", "tls_cluster"),
]


@pytest.fixture(params=DEPLOYMENTS)
def app(request):
    return create_app(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def browser(app):
    return app.test_client()


def test_items(browser):
    assert browser.get("/notes/milk").status_code == 404
    browser.put("/notes/milk", data="two bottles, été")
    assert browser.get("/notes/milk").text == "two bottles, été"
    browser.delete("/notes/milk")
    assert browser.get("/notes/milk").status_code == 404


def test_keys_wherever_they_are(browser):
    names = sorted(f"note-{number}" for number in range(40))
    for name in names:
        browser.put(f"/notes/{name}", data="text")
    assert browser.get("/notes").json == names


def test_transaction(browser):
    assert browser.post("/people/ann/visits").json == [1, 1, 1]
    assert browser.post("/people/ann/visits").json == [0, 2, 2]


def test_list_with_a_blocking_pop(browser):
    assert browser.post("/jobs", data="one").json == 1
    assert browser.post("/jobs", data="two").json == 2
    assert browser.post("/jobs/next").json == ["jobs", "one"]
    assert browser.post("/jobs/next").json == ["jobs", "two"]
    assert browser.post("/jobs/next").json is None


def test_lock_among_threads(app):
    threads = [
        Thread(target=app.test_client().post, args=(f"/stock/{number}",))
        for number in range(1, 9)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert redis.get("{stock}") == str(100 - sum(range(1, 9)))


def test_script(browser):
    assert browser.post("/scripts/5").json == 5
    assert browser.post("/scripts/6").json == 11


def test_message_to_a_subscriber(app):
    with app.app_context(), redis.pubsub(ignore_subscribe_messages=True) as pubsub:
        pubsub.subscribe("news")
        # The first one may come before the server knows of the subscriber.
        message = wait_until(
            lambda: redis.publish("news", "hello") or pubsub.get_message(timeout=0.1)
        )
        message = wait_until(lambda: pubsub.get_message(timeout=0.1))
        assert message["data"] == "hello"


def test_error_of_the_server_is_redis_pys_own(app):
    with app.app_context():
        redis.set("text", "no number")
        with pytest.raises(redis_py.ResponseError, match="not an integer"):
            redis.incr("text")


def test_database_is_the_urls(app, request):
    """A cluster has only one."""
    with app.app_context():
        redis.set("key", "value")
        if "+cluster://" not in app.config["REDIS_URL"]:
            assert redis.client_info()["db"] == 3
