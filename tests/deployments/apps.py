"""Apps whose clients are closed at the end of a test.

A client of a cluster is part of a circle of references. Left alone, its sockets
end when Python gets to it, with a warning.
"""

import servers

_apps = []


def make_app(**settings):
    return lend_app(servers.make_app(**settings))


def lend_app(app):
    _apps.append(app)
    return app


def close_clients():
    while _apps:
        for client in _apps.pop().extensions.get("redis", {}).values():
            client.close()
