"""Sites as gunicorn serves them, and many visitors at once."""

import http.client
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psutil
from servers import free_port, wait_until

HERE = Path(__file__).parent


class Site:
    """An app of this folder, served by gunicorn."""

    def __init__(self, folder, app, *options, workers=2, threads=8, **environ):
        self.port = free_port()
        self._workers = workers
        with open(folder / "gunicorn.log", "w") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn", app, *options),
                    *("--bind", f"127.0.0.1:{self.port}", "--chdir", HERE),
                    *("--workers", str(workers), "--threads", str(threads)),
                    # As long as a visitor may pause, and some of them for each.
                    *("--keep-alive", "60", "--reuse-port", "--graceful-timeout", "5"),
                ],
                env={**os.environ, **environ},
                # Where the checkout is not, so that flask_redis is the installed one.
                cwd=folder,
                stdout=log,
                stderr=log,
            )
        try:
            wait_until(self._is_up)
        except TimeoutError as error:
            self.stop()
            raise RuntimeError(Path(log.name).read_text()) from error

    @property
    def master(self):
        return psutil.Process(self._process.pid)

    @property
    def workers(self):
        return {process.pid for process in self.master.children()}

    def _is_up(self):
        with closing(self.visitor()) as visitor:
            try:
                visitor.get("/")
            except OSError:
                return False
        return len(self.workers) == self._workers

    def stop(self):
        processes = [self.master, *self.master.children()]
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            for process in processes:
                process.kill()
            raise

    def visitor(self):
        return Visitor(self.port)


class Visitor:
    """A browser with one connection that it keeps."""

    def __init__(self, port):
        # Longer than any answer may take: what hangs, hangs for the test too.
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path):
        return self._ask("GET", path)

    def post(self, path):
        return self._ask("POST", path)

    def _ask(self, method, path):
        self._connection.request(method, path)
        response = self._connection.getresponse()
        return response.status, response.read()

    def close(self):
        self._connection.close()


class Load:
    """A number of visitors who count on a site, each request under its own name."""

    def __init__(self, site, requests, first=0, visitors=32):
        self._site = site
        self._names = iter(range(first, first + requests))
        #: By name: what the site reported.
        self.reports = {}
        with_all = ThreadPoolExecutor(visitors)
        self._visits = [with_all.submit(self._visit) for _ in range(visitors)]
        with_all.shutdown(wait=False)

    def _visit(self):
        with closing(self._site.visitor()) as visitor:
            for name in self._names:
                status, text = visitor.post(f"/counts/{name}")
                report = json.loads(text)
                assert status == (200 if report["acknowledged"] else 503)
                self.reports[name] = {**report, "at": time.monotonic()}

    def refused(self):
        return [
            each for each in list(self.reports.values()) if not each["acknowledged"]
        ]

    def wait_until(self, condition):
        """Or until something has gone wrong, which ``finish`` raises."""
        wait_until(lambda: condition() or any(visit.done() for visit in self._visits))

    def wait_for(self, requests):
        self.wait_until(lambda: len(self.reports) >= requests)

    def finish(self):
        for visit in self._visits:
            visit.result()
        return self.reports
