"""A server fails while visitors count, and comes back.

What a visitor was told is in the database, and nothing that no try has sent. A
request ends in time, well or with the app's 503. Then every worker goes on, with no
restart.
"""

import contextlib
import signal
import time
from types import SimpleNamespace

import pytest
from counter import BACKOFF, TIMEOUT, longest_request
from servers import wait_until
from sites import Load

#: What a machine that is busy with all this adds to the seconds of a request.
SLACK = 3


@pytest.fixture
def site(mortal, serve):
    return serve("counter:create_app()", REDIS_URL=mortal.url())


@pytest.fixture
def site_behind_it(firewall, serve):
    url = f"redis://127.0.0.1:{firewall.port}"
    return serve("counter:create_app()", REDIS_URL=url)


class Watch:
    """The workers of a site before, and what visitors were told since."""

    def __init__(self, site, mortal, figure):
        self._site, self._mortal, self._figure = site, mortal, figure
        self._workers = site.workers

    def check(self, reports, back, silence=0):
        """All promises, with the time at which the server was back."""
        acknowledged = {name for name in reports if reports[name]["acknowledged"]}
        counted = self._counted(reports)
        sent = {name: report["sent"] for name, report in reports.items()}
        unknown = sum(sent.values()) - len(acknowledged)
        longest = max(report["seconds"] for report in reports.values())
        recovered = self._recovered(reports, back)
        twice = sum(number > 1 for number in counted.values())
        self._figure("requests", len(reports))
        self._figure("acknowledged", len(acknowledged))
        self._figure("answered 503", len(reports) - len(acknowledged))
        self._figure("increments sent and not acknowledged", unknown)
        self._figure("counted more than once", twice)
        bound = longest_request(silence)
        self._figure("longest request", f"{longest:.1f} s of {bound:.1f} s allowed")
        self._figure("all workers serve again after", f"{recovered:.2f} s")

        assert all(counted[name] >= 1 for name in acknowledged)
        assert all(counted[name] <= sent[name] for name in reports)
        # What was answered is not sent again.
        assert all(report["answered"] <= 1 for report in reports.values())
        total = sum(counted.values())
        assert len(acknowledged) <= total <= len(acknowledged) + unknown
        assert longest < bound + SLACK
        assert recovered < bound + SLACK
        return len(reports) - len(acknowledged), twice

    def _counted(self, reports):
        values = self._mortal.client.mget(list(reports))
        return {name: int(value or 0) for name, value in zip(reports, values)}

    def _recovered(self, reports, back):
        firsts = {}
        for report in sorted(reports.values(), key=lambda report: report["at"]):
            if report["acknowledged"] and report["at"] > back:
                firsts.setdefault(report["worker"], report["at"] - back)
        assert firsts.keys() == self._workers == self._site.workers
        return max(firsts.values())


@pytest.fixture
def watch(site, mortal, figure):
    return Watch(site, mortal, figure)


@contextlib.contextmanager
def outage():
    """How long it was, and when it was over."""
    start = time.monotonic()
    measured = SimpleNamespace()
    yield measured
    measured.end = time.monotonic()
    measured.seconds = measured.end - start


def all_are_told(load):
    """Whether there have been as many 503 as there are visitors."""
    return lambda: len(load.refused()) >= 32


def test_server_is_killed_and_started_again(site, mortal, watch, figure):
    load = Load(site, 20000)
    load.wait_for(6000)
    with outage() as short:
        mortal.kill()
        # One that redis-py's tries outlast.
        time.sleep(BACKOFF)
        mortal.start()
    load.wait_for(12000)
    assert load.refused() == []

    with outage() as long:
        mortal.kill()
        load.wait_until(all_are_told(load))
        mortal.start()
    figure("outages", f"{short.seconds:.1f} s, with no 503, and {long.seconds:.1f} s")
    watch.check(load.finish(), long.end)


def test_server_stops_without_dying(site, mortal, watch, figure):
    load = Load(site, 3000)
    load.wait_for(1000)
    with outage() as stop:
        mortal.signal(signal.SIGSTOP)
        load.wait_until(all_are_told(load))
        mortal.signal(signal.SIGCONT)
    figure("outage", f"{stop.seconds:.1f} s")
    watch.check(load.finish(), stop.end, silence=TIMEOUT)


def check_losing(lose, site, mortal, figure):
    """The next try after the loss is made on a connection of its own."""
    watch = Watch(site, mortal, figure)
    load = Load(site, 3000)
    load.wait_for(1000)
    lose()
    back = time.monotonic()
    return watch.check(load.finish(), back, silence=TIMEOUT)


def test_connections_are_lost_silently(site_behind_it, firewall, mortal, figure):
    lose = firewall.lose_commands
    assert check_losing(lose, site_behind_it, mortal, figure) == (0, 0)


def test_answers_are_lost(site_behind_it, firewall, mortal, figure):
    lose = firewall.lose_answers
    errors, twice = check_losing(lose, site_behind_it, mortal, figure)
    assert errors == 0
    assert twice > 0


def test_idle_connections_are_closed(site, mortal, watch):
    mortal.client.config_set("timeout", 1)
    reports = {}
    for turn in range(3):
        load = Load(site, 320, first=turn * 320)
        # Connections are recognized, so that none of them can mean something below.
        wait_until(mortal.connections)
        reports.update(load.finish())
        wait_until(lambda: mortal.connections() == [])
        back = time.monotonic()
    reports.update(Load(site, 320, first=3 * 320).finish())
    assert watch.check(reports, back) == (0, 0)


def test_connections_are_killed_every_50_ms(site, mortal, watch, figure):
    load = Load(site, 3000)
    killed = []

    def kill():
        killed.append(mortal.client.client_kill_filter(_type="normal", skipme=True))
        time.sleep(0.05)
        return len(load.reports) >= 1500

    load.wait_until(kill)
    back = time.monotonic()
    figure("connections killed", sum(killed))
    watch.check(load.finish(), back)
