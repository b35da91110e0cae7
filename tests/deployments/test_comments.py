"""The Comments app on deployments, where both its prefixes share one database."""

import pytest
from apps import lend_app
from comments import create_app
from test_example import Person


@pytest.fixture(params=["sentinels", "cluster", "tls_sentinels", "tls_cluster"])
def servers(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def app(servers, request):
    deployment = request.node.callspec.params["servers"]
    url = request.getfixturevalue(f"{deployment}_url")
    app = create_app(
        {
            "REDIS_LINKS_URL": url,
            "REDIS_CONTENT_URL": url,
            "SECRET_KEY": "of the tests",
            "TESTING": True,
        }
    )
    return lend_app(app)


def test_people_talk(app):
    ann, bob = Person(app, "Ann"), Person(app, "Bob")
    threads = [ann.start_thread(f"Title {number}") for number in range(12)]
    for number in range(12):
        bob.post(threads[0], text=f"Comment {number}")
    page = bob.get(threads[0]).text
    places = [page.index(f"Comment {number}") for number in range(12)]
    assert places == sorted(places)
    page = ann.get().text
    assert page.index(">Title 11<") < page.index(">Title 5<") < page.index(">Title 0<")
    assert "13 comments<" in page
    assert bob.delete(threads[0]).status_code == 403
    assert "The thread is deleted." in ann.delete(threads[0]).text
    assert ann.get(threads[0]).status_code == 404
    assert "Title 0<" not in ann.get().text


def test_nothing_is_left_of_threads_that_are_deleted(app, servers):
    ann = Person(app, "Ann")
    for thread in [ann.start_thread() for _ in range(5)]:
        ann.post(thread, text="More")
        ann.delete(thread)
    assert servers.all_keys() == {"links:last"}


def test_failover(app, servers):
    ann = Person(app, "Ann")
    thread = ann.start_thread("Before", "It was so.")
    servers.wait_for_replicas()
    servers.kill_primary_of("links:threads")
    seen = set()
    while (page := ann.get()).status_code != 200:
        seen.add(page.status_code)
    assert seen <= {503}
    assert "Before" in page.text
    assert "It was so." in ann.get(thread).text
