"""Threads and their comments.

In ``links``::

    links:last                   the last id, of a thread or a comment
    links:threads                ids of the threads, newest first
    links:thread:{1}:comments    ids of a thread's comments, oldest first

In ``content``::

    content:thread:{1}           title, author, created
    content:comment:{1}:2        text, author, created

A thread starts with a comment, so its list of comments exists as long as the
thread does. The braces are hash tags, which keep the keys of a thread on one
node of a cluster. Content is written before the link to it, and deleted after
the link. So if the app stops in between, no link points to missing content.
"""

from datetime import datetime, timezone
from typing import Any

from .databases import content, links

LAST = "links:last"
THREADS = "links:threads"


class NoSuchThread(LookupError):
    pass


def comments_key(thread):
    return f"links:thread:{{{thread}}}:comments"


def thread_key(thread):
    return f"content:thread:{{{thread}}}"


def comment_key(thread, comment):
    return f"content:comment:{{{thread}}}:{comment}"


def start(author, title, text):
    thread, comment = links.incr(LAST), links.incr(LAST)
    with content.pipeline() as pipeline:
        pipeline.hset(thread_key(thread), mapping=signed(author, title=title))
        pipeline.hset(comment_key(thread, comment), mapping=signed(author, text=text))
        pipeline.execute()
    links.rpush(comments_key(thread), comment)
    links.lpush(THREADS, thread)
    return thread


def add_comment(thread, author, text):
    """Add a comment; return its id and the new number of comments."""
    comment = links.incr(LAST)
    content.hset(comment_key(thread, comment), mapping=signed(author, text=text))
    # rpushx pushes only if the list exists: the thread may have been deleted.
    number = links.rpushx(comments_key(thread), str(comment))
    if not number:
        content.delete(comment_key(thread, comment))
        raise NoSuchThread(thread)
    return comment, number


def delete(thread):
    links.lrem(THREADS, 0, thread)
    with links.pipeline() as pipeline:
        pipeline.lrange(comments_key(thread), 0, -1)
        pipeline.delete(comments_key(thread))
        comments, _ = pipeline.execute()
    content.delete(
        thread_key(thread), *(comment_key(thread, comment) for comment in comments)
    )


def get(thread):
    found = content.hgetall(thread_key(thread))
    if not found:
        raise NoSuchThread(thread)
    return readable(thread, found)


def page_of_threads(page, size):
    """Return the threads of a page, newest first, and whether there are more."""
    first = (page - 1) * size
    ids = links.lrange(THREADS, first, first + size)
    threads = read((thread, thread_key(thread)) for thread in ids[:size])
    with links.pipeline(transaction=False) as pipeline:
        for thread in threads:
            pipeline.llen(comments_key(thread["id"]))
        for thread, comments in zip(threads, pipeline.execute()):
            thread["comments"] = comments
    return threads, len(ids) > size


def page_of_comments(thread, page, size):
    """Return the comments of a page, oldest first, and the number of all comments."""
    first = (page - 1) * size
    with links.pipeline(transaction=False) as pipeline:
        pipeline.lrange(comments_key(thread), first, first + size - 1)
        pipeline.llen(comments_key(thread))
        ids, number = pipeline.execute()
    return read((comment, comment_key(thread, comment)) for comment in ids), number


def signed(author, **fields) -> dict[Any, Any]:
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return {"author": author, "created": now, **fields}


def read(keys):
    keys = list(keys)
    with content.pipeline(transaction=False) as pipeline:
        for _, key in keys:
            pipeline.hgetall(key)
        found = pipeline.execute()
    # Skip what was deleted after its id was read.
    return [readable(id, fields) for (id, _), fields in zip(keys, found) if fields]


def readable(id, fields):
    created = datetime.fromisoformat(fields["created"])
    return {**fields, "id": int(id), "created": created}
