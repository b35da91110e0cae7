"""Measures the same site with one client or another, served by gunicorn.

The sites take turns of a fraction of a second: what else the machine does meets each of
them. One processor is theirs. The visitors and the database are on the others, idle for
much of the time, as it takes a site longer to answer than a visitor to ask.
"""

import http.client
import itertools
import os
import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psutil
from servers import free_port, wait_until

HERE = Path(__file__).parent
#: The processor of the site.
SITE = 0
ROUNDS = 7
TURNS = 40
#: Of each visitor, in each turn.
REQUESTS = 100
VISITORS = 4


@contextmanager
def site(python, way, url, folder):
    """Serves the site. Gives its port, its worker and the seconds until it answered."""
    port = free_port()
    start = time.perf_counter()
    process = subprocess.Popen(
        [
            *(python, "-m", "gunicorn", f"served:create_app('{way}')"),
            *("--bind", f"127.0.0.1:{port}", "--pythonpath", HERE),
            *("--threads", str(VISITORS), "--keep-alive", "60"),
            *("--log-level", "warning"),
        ],
        # Where the checkout is not, so that flask_redis is the installed one.
        cwd=folder,
        env={**os.environ, "REDIS_URL": url, "PYTHONPATH": ""},
    )
    os.sched_setaffinity(process.pid, {SITE})
    try:
        wait_until(lambda: answers(port))
        seconds = time.perf_counter() - start
        (worker,) = psutil.Process(process.pid).children()
        yield port, worker, seconds
    finally:
        process.terminate()
        process.wait(30)


def answers(port):
    try:
        return visit(port, 1)
    except OSError:
        return None


def visit(port, requests=REQUESTS):
    """The seconds that each of some requests took."""
    seconds = []
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as visitor:
        for _ in range(requests):
            start = time.perf_counter()
            visitor.request("GET", "/")
            response = visitor.getresponse()
            text = response.read()
            seconds.append(time.perf_counter() - start)
            assert response.status == 200 and text.startswith(b"Visit number "), text
    return seconds


def measure(ways, server, folder):
    """The figures of each way, from each round. For its name, ``ways`` has the Python
    that it is installed for, and what the app calls it."""
    processors = os.sched_getaffinity(0)
    others = processors - {SITE}
    if SITE not in processors or not others:
        raise SystemExit("Two processors are needed, and the first of them.")
    with server.client() as client:
        database = client.info("server")["process_id"]
    for pid in (0, database):
        os.sched_setaffinity(pid, others)
    rounds = [
        measure_round(ways, turned([*ways], number), server.tcp_url(), folder)
        for number in range(ROUNDS)
    ]
    os.sched_setaffinity(0, processors)
    return rounds


def turned(names, number):
    """Not always in the same order."""
    first = number % len(names)
    return names[first:] + names[:first]


def measure_round(ways, names, url, folder):
    with ExitStack() as stack:
        sites = {
            name: stack.enter_context(site(*ways[name], url, folder)) for name in names
        }
        figures = {name: {"rates": [], "seconds": []} for name in ways}
        for turn in range(TURNS):
            for name in turned(names, turn):
                port, _, _ = sites[name]
                start = time.perf_counter()
                with ThreadPoolExecutor(VISITORS) as pool:
                    each = [*pool.map(visit, [port] * VISITORS)]
                rate = VISITORS * REQUESTS / (time.perf_counter() - start)
                # In the first turn the site warms up.
                if turn:
                    figures[name]["rates"].append(rate)
                    figures[name]["seconds"] += itertools.chain(*each)
        for name, (_, worker, seconds) in sites.items():
            figures[name]["processor"] = sum(worker.cpu_times()[:2])
            figures[name]["memory"] = worker.memory_info().rss
            figures[name]["startup"] = seconds
    return figures


def table(rounds, base):
    """The figures as rows: ratios to those of one way in the same turn or round."""
    names = [*rounds[0]]

    def rates(name):
        return statistics.median(
            ours / bare
            for each in rounds
            for ours, bare in zip(each[name]["rates"], each[base]["rates"])
        )

    def p99(name):
        return statistics.median(
            statistics.quantiles(each[name]["seconds"], n=100)[-1]
            / statistics.quantiles(each[base]["seconds"], n=100)[-1]
            for each in rounds
        )

    def processor(name):
        return statistics.median(
            each[name]["processor"] / each[base]["processor"] for each in rounds
        )

    def median(name, figure):
        return statistics.median(each[name][figure] for each in rounds)

    yield ("The same site with", *names)
    yield ("requests per second", *(f"{rates(name):.3f}" for name in names))
    yield ("time in which 99 % are answered", *(f"{p99(name):.3f}" for name in names))
    yield (
        "processor time of the worker",
        *(f"{processor(name):.3f}" for name in names),
    )
    yield (
        "start to first response",
        *(f"{1e3 * median(name, 'startup'):.0f} ms" for name in names),
    )
    yield (
        "memory of the worker",
        *(f"{median(name, 'memory') / 1e6:.1f} MB" for name in names),
    )
