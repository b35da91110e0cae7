"""What a command that is tried again means, when only its answer was lost."""

import pytest
import redis as redis_py
from servers import NO_RETRY, make_app

from flask_redis import Redis


@pytest.fixture
def firewall_url(firewall):
    return f"redis://127.0.0.1:{firewall.port}?socket_timeout=0.5"


@pytest.fixture
def redis(firewall_url):
    redis = Redis(make_app(REDIS_URL=firewall_url), decode_responses=True)
    yield redis
    redis.connection_pool.disconnect()


@pytest.fixture
def counters(firewall_url):
    """A client of the same server that makes one try."""
    app = make_app(COUNTERS_URL=firewall_url, COUNTERS_RETRY=NO_RETRY)
    counters = Redis(app, "COUNTERS", decode_responses=True)
    yield counters
    counters.connection_pool.disconnect()


def test_incr_counts_twice(redis, firewall):
    redis.ping()
    firewall.lose_answers()
    assert redis.incr("visits") == 2


def test_incr_without_retries_ends_in_an_error(counters, firewall):
    """The app knows then that it does not know, and can look."""
    counters.ping()
    firewall.lose_answers()
    with pytest.raises(redis_py.TimeoutError):
        counters.incr("visits")
    assert counters.get("visits") == "1"


def test_command_that_can_be_repeated(redis, firewall):
    """A visit under a name of its own is counted once, however often it is added."""
    redis.ping()
    firewall.lose_answers()
    # The second try finds what the first one did.
    assert redis.sadd("visits", "request 1") == 0
    assert redis.scard("visits") == 1


def test_transaction_that_watches_has_run_when_it_says_it_has_not(redis, firewall):
    """redis-py does not send it again. Who repeats it counts twice."""
    with redis.pipeline() as pipeline:
        pipeline.watch("visits")
        pipeline.multi()
        pipeline.incr("visits")
        firewall.lose_answers()
        with pytest.raises(redis_py.WatchError):
            pipeline.execute()
    assert redis.get("visits") == "1"
