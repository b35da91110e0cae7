"""The screenshots in README.rst and docs."""

import re
from datetime import datetime, timedelta, timezone

import pytest

WIDE = {"viewport": {"width": 960, "height": 770}, "device_scale_factor": 1.5}
PHONE = {"viewport": {"width": 390, "height": 780}, "device_scale_factor": 2}


@pytest.fixture
def conversation(ann, bob, server):
    """Start a few threads; return the path of the one with comments."""
    ann.start_thread("Books for a long train ride", "Ten hours. What would you read?")
    bob.start_thread("Who brings the cake on Friday?", "I did last time.")
    thread = ann.start_thread(
        "Tea or coffee?",
        "I am about to fill the kitchen shelf.\nThere is room for one of them.",
    )
    bob.comment(thread, "Coffee, please. Filtered, not from a machine.")
    ann.comment(thread, "Then who drinks the tea that is left?")
    bob.comment(thread, "You do :)")
    # Set fixed dates, some minutes apart. A thread has the date of its first comment,
    # whose number is one higher.
    start = datetime(2026, 3, 14, 9, 26, tzinfo=timezone.utc)
    with server.client(1) as content:
        for key in content.scan_iter():
            number = int(re.search(r"\d+(?=}?$)", key)[0])
            is_thread = key.startswith("content:thread")
            created = start + timedelta(minutes=7 * (number + is_thread))
            content.hset(key, "created", created.isoformat())
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
