"""Measures the same site with one client or another, served by gunicorn.

All is taken in turn, several times: what else the machine does meets each of them. One
processor is the site's. The load and the database are on the other, and are idle for
most of the time, as a site that answers is slower than a client that asks.
"""

import http.client
import os
import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
from servers import free_port, wait_until

HERE = Path(__file__).parent
#: The processor of the site.
SITE = 0
ROUNDS = 9
REQUESTS = 6000
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


def visit(port, requests):
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


def measure_once(python, way, url, folder):
    with site(python, way, url, folder) as (port, worker, startup):
        visit(port, REQUESTS // 10)  # It warms up.
        start, used = time.perf_counter(), sum(worker.cpu_times()[:2])
        with ThreadPoolExecutor(VISITORS) as pool:
            each = list(
                pool.map(visit, [port] * VISITORS, [REQUESTS // VISITORS] * VISITORS)
            )
        rate = REQUESTS / (time.perf_counter() - start)
        used = sum(worker.cpu_times()[:2]) - used
        memory = worker.memory_info().rss
    p99 = statistics.quantiles([s for seconds in each for s in seconds], n=100)[-1]
    return {
        "rate": rate,
        "p99": p99,
        "used": used,
        "startup": startup,
        "memory": memory,
    }


def measure(ways, server, folder):
    """The figures of each way in each round. For its name, ``ways`` has the Python that
    it is installed for, and what the app calls it."""
    processors = os.sched_getaffinity(0)
    others = processors - {SITE}
    if SITE not in processors or not others:
        raise SystemExit("Two processors are needed, and the first of them.")
    with server.client() as client:
        database = client.info("server")["process_id"]
    for pid in (0, database):
        os.sched_setaffinity(pid, others)
    names = [*ways]
    rounds = []
    for number in range(ROUNDS):
        # Not always in the same order.
        turn = number % len(names)
        each = {}
        for name in names[turn:] + names[:turn]:
            each[name] = measure_once(*ways[name], server.tcp_url(), folder)
        rounds.append({name: each[name] for name in names})
        print(rounds[-1], flush=True)
    os.sched_setaffinity(0, processors)
    return rounds


def table(rounds, base):
    """The figures as rows: ratios to those of one way in the same round."""

    def ratio(name, figure):
        return statistics.median(
            each[name][figure] / each[base][figure] for each in rounds
        )

    def median(name, figure):
        return statistics.median(each[name][figure] for each in rounds)

    names = [*rounds[0]]
    yield ("The same site with", *names)
    yield ("requests per second", *(f"{ratio(name, 'rate'):.3f}" for name in names))
    yield ("processor time", *(f"{ratio(name, 'used'):.3f}" for name in names))
    yield ("99 % are answered in", *(f"{ratio(name, 'p99'):.3f}" for name in names))
    yield (
        "start until the first answer",
        *(f"{1e3 * median(name, 'startup'):.0f} ms" for name in names),
    )
    yield (
        "memory of a worker",
        *(f"{median(name, 'memory') / 1e6:.1f} MB" for name in names),
    )
