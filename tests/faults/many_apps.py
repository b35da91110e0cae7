"""Threads that call one extension object in the contexts of many apps.

With the port of a server it runs as a program, so that gevent can patch it first.
"""

import json
import random
import sys
from collections import Counter
from threading import Thread

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


def main(port):
    apps = [
        make_app(f"app {db}", REDIS_URL=f"redis://127.0.0.1:{port}/{db}")
        for db in range(APPS)
    ]
    for app in apps:
        redis.init_app(app)
    # Found once and kept, as a module may.
    with apps[0].app_context():
        incr = redis.incr
    expected = [Counter() for _ in range(THREADS)]

    def work(number):
        calls = call(apps, incr, CALLS / THREADS, number)
        expected[number].update(app.name for app in calls)

    threads = [Thread(target=work, args=[number]) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    json.dump(sum(expected, Counter()), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
