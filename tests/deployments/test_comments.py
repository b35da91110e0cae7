"""The Comments app on deployments that share the keys of both its prefixes."""

import pytest
from comments import create_app
from test_example import Person


@pytest.fixture(params=["sentinels", "cluster", "tls_sentinels", "tls_cluster"])
def app(request):
    url = request.getfixturevalue(f"{request.param}_url")
    return create_app(
        {
            "REDIS_LINKS_URL": url,
            "REDIS_CONTENT_URL": url,
            "SECRET_KEY": "of the tests",
            "TESTING": True,
        }
    )


def test_people_talk(app):
    ann, bob = Person(app, "Ann"), Person(app, "Bob")
    threads = [ann.start_thread(f"Title {number}") for number in range(12)]
    for number in range(12):
        bob.post(threads[0], text=f"Comment {number}")
    page = bob.get(threads[0]).text
    assert all(f"Comment {number}" in page for number in range(5))
    page = ann.get().text
    assert page.index(">Title 11<") < page.index(">Title 5<")
    assert bob.delete(threads[0]).status_code in (400, 403, 404)
    assert ann.get(threads[0]).status_code == 200
    assert "The thread is deleted." in ann.delete(threads[0]).text
    assert ann.get(threads[0]).status_code == 404


def test_failover(app, request):
    deployment = request.node.callspec.params["app"]
    servers = request.getfixturevalue(deployment)
    ann = Person(app, "Ann")
    thread = ann.start_thread("Before", "It was so.")
    servers.wait_for_replicas()
    servers.kill_primary_of("links:threads")
    pages = []
    while True:
        pages.append(ann.get())
        if pages[-1].status_code == 200:
            break
    assert {page.status_code for page in pages[:-1]} <= {503}
    assert "Before" in pages[-1].text
    assert "It was so." in ann.get(thread).text
