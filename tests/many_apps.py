"""Threads that call one extension object in the contexts of many apps.

With the port of a server it runs as a program, so that gevent can patch it first.
"""

import json
import random
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from servers import make_app

from flask_redis import Redis

APPS = 50
THREADS = 16
CALLS = 100_000

redis = Redis(decode_responses=True)


def call(apps, incr, calls, seed):
    """Counts in the database of each app under its name, and what it should be."""
    chance = random.Random(seed)
    while calls > 0:
        # Contexts of up to four apps, one in the other; each calls before and after.
        chosen = [chance.choice(apps) for _ in range(chance.randint(1, 4))]
        contexts = []
        for app in chosen:
            contexts.append(app.app_context())
            contexts[-1].push()
            redis.incr(app.name)
        for app in reversed(chosen):
            incr(app.name)
            contexts.pop().pop()
        yield from chosen * 2
        calls -= 2 * len(chosen)


def count(port, apps, calls):
    """Return how often all threads together counted for each app."""
    apps = [
        make_app(f"app {db}", REDIS_URL=f"redis://127.0.0.1:{port}/{db}")
        for db in range(apps)
    ]
    for app in apps:
        redis.init_app(app)
    # Found once and kept, as a module may.
    with apps[0].app_context():
        incr = redis.incr
    expected = [Counter() for _ in range(THREADS)]

    def work(number):
        called = call(apps, incr, calls / THREADS, number)
        expected[number].update(app.name for app in called)

    in_threads(work, range(THREADS))
    return sum(expected, Counter())


def in_threads(work, arguments):
    """Call a function in a thread for each argument. An error in one is raised."""
    with ThreadPoolExecutor(len(arguments)) as pool:
        list(pool.map(work, arguments))


def counted(server):
    """Return what is in all databases, by number and key."""
    found = {}
    for db, key in sorted(server.keys()):
        with server.client(db) as client:
            found[db, key] = int(client.get(key))
    return found


if __name__ == "__main__":
    json.dump(count(sys.argv[1], APPS, CALLS), sys.stdout)
