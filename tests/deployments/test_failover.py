"""A primary is killed under an app, which goes on with no restart.

How long its users wait depends on how soon the servers agree on another primary;
those of the tests are told to be quick.
"""

import time

import pytest
import redis as redis_py
from apps import make_app
from flask import jsonify
from redis.exceptions import RedisClusterException
from servers import NO_RETRY, wait_until

from flask_redis import Redis

redis = Redis(decode_responses=True)


def create_app(**settings):
    app = make_app(**settings)
    redis.init_app(app)

    @app.post("/visits")
    def visit():
        return jsonify(redis.incr("visits"))

    @app.errorhandler(redis_py.RedisError)
    @app.errorhandler(RedisClusterException)
    def show_outage(error):
        return type(error).__name__, 503

    return app


def visits(browser):
    """The number after a visit, once there is a primary to count it, with the
    seconds until then and the errors that were seen."""
    start = time.monotonic()
    seen = set()
    while True:
        response = browser.post("/visits")
        seconds = time.monotonic() - start
        if response.status_code == 200:
            return response.json, seconds, seen
        assert response.status_code == 503
        seen.add(response.text)
        assert seconds < 30, seen
        time.sleep(0.02)


@pytest.mark.parametrize(
    "deployment", ["sentinels", "tls_sentinels", "cluster", "tls_cluster"]
)
def test_requests_reach_the_new_primary(deployment, request, record_property):
    servers = request.getfixturevalue(deployment)
    url = request.getfixturevalue(f"{deployment}_url")
    browser = create_app(REDIS_URL=url).test_client()
    for number in range(1, 4):
        assert browser.post("/visits").json == number
    servers.wait_for_replicas()
    old = servers.kill_primary_of("visits")
    number, seconds, seen = visits(browser)
    record_property("seconds", seconds)
    print(f"{deployment}: a request succeeds {seconds:.1f} s after the kill, {seen}")
    # Nothing that was acknowledged is lost.
    assert number == 4
    assert wait_until(lambda: servers.primary_of("visits")) != old


def test_pool_of_several_connections_follows(sentinels, sentinels_url):
    """Each connection that was open to the old primary is made anew."""
    app = create_app(REDIS_URL=sentinels_url)
    with app.app_context():
        pool = redis.connection_pool
        connections = [pool.get_connection() for _ in range(5)]
        for connection in connections:
            pool.release(connection)
    sentinels.kill_primary()
    visits(app.test_client())
    with app.app_context():
        connections = [pool.get_connection() for _ in range(5)]
        assert {connection.port for connection in connections} == {
            wait_until(sentinels.primary)
        }
        for connection in connections:
            pool.release(connection)


def test_no_primary_is_redis_pys_own_exception(sentinels, sentinels_url):
    app = create_app(REDIS_URL=sentinels_url, REDIS_RETRY=NO_RETRY)
    sentinels.kill_primary()
    with app.app_context(), pytest.raises(redis_py.ConnectionError):
        redis.incr("visits")


def test_slot_that_moves(cluster, cluster_url):
    browser = create_app(REDIS_URL=cluster_url).test_client()
    assert browser.post("/visits").json == 1
    old, new = cluster.move_slot_of("visits")
    assert browser.post("/visits").json == 2
    assert cluster.primary_of("visits") == new != old


def test_primary_that_steps_down(sentinels, sentinels_url):
    """The old one lives on as a replica, and still has the app's connection."""
    browser = create_app(REDIS_URL=sentinels_url).test_client()
    assert browser.post("/visits").json == 1
    sentinels.wait_for_replicas()
    old = sentinels.step_down()
    assert visits(browser)[0] == 2
    assert sentinels.primary() != old
