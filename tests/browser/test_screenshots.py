"""The pictures in README.rst and docs, of the app as it is."""

import re
from datetime import datetime, timedelta, timezone

import pytest

WIDE = {"viewport": {"width": 960, "height": 770}, "device_scale_factor": 1.5}
PHONE = {"viewport": {"width": 390, "height": 780}, "device_scale_factor": 2}


def number(key):
    """The last one in the key, which grows with time."""
    return int(re.findall(r"\d+", key)[-1])


@pytest.fixture
def conversation(ann, bob, server):
    """A few threads, and the path of one in which people talk."""
    ann.start_thread("Books for a long train ride", "Ten hours. What would you read?")
    bob.start_thread("Who brings the cake on Friday?", "I did last time.")
    thread = ann.start_thread(
        "Tea or coffee?",
        "I am about to fill the kitchen shelf.\nThere is room for one of them.",
    )
    bob.comment(thread, "Coffee, please. Filtered, not from a machine.")
    ann.comment(thread, "Then who drinks the tea that is left?")
    bob.comment(thread, "You do :)")
    # As if they had taken their time.
    time = datetime(2026, 3, 14, 9, 26, tzinfo=timezone.utc)
    with server.client(1) as content:
        for key in sorted(content.scan_iter(), key=number):
            time += timedelta(minutes=7)
            content.hset(key, "created", time.isoformat())
    return thread


def test_pictures(conversation, person, pictures):
    for name, path, look in (
        ("wide", conversation, WIDE),
        ("dark", "/threads", {**WIDE, "color_scheme": "dark"}),
        ("phone", conversation, PHONE),
    ):
        page = person("Ann", **look).page
        page.goto(path)
        file = pictures / f"comments-{name}.png"
        page.screenshot(path=file)
        assert file.stat().st_size < 150_000
