"""How many connections the workers of a site open, as the server sees it."""

import pytest
from servers import wait_until
from sites import Load

WORKERS, THREADS = 2, 8
BOUND = 3
#: More than there are threads, however gunicorn spreads them over the workers.
VISITORS = 64


BLOCKING = f"max_connections={BOUND}&connection_pool_class=redis.BlockingConnectionPool"


@pytest.mark.parametrize(
    ("options", "most"),
    [("", WORKERS * THREADS), (f"?{BLOCKING}", WORKERS * BOUND)],
    ids=["no limit", "a blocking pool"],
)
def test_connections_of_all_workers(options, most, mortal, serve, figure):
    site = serve(
        "counter:create_app()",
        workers=WORKERS,
        threads=THREADS,
        REDIS_URL=mortal.url() + options,
    )
    received = mortal.client.info("stats")["total_connections_received"]
    load = Load(site, 3000, visitors=VISITORS)

    def all_wait():
        # Not the server for those who only read, such as this test.
        mortal.client.client_pause(200, all=False)
        return len(mortal.connections()) == most

    wait_until(all_wait)
    reports = load.finish()
    opened = mortal.client.info("stats")["total_connections_received"] - received
    figure("workers", WORKERS)
    figure("threads per worker", THREADS)
    figure("requests", len(reports))
    figure("answered 503", len(load.refused()))
    figure("connections opened", opened)
    assert load.refused() == []
    assert opened == most
