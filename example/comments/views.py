"""The pages."""

import functools
import re
import unicodedata
from datetime import datetime, timedelta, timezone

from flask import (
    Blueprint,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from . import threads

THREADS_ON_A_PAGE = 20
COMMENTS_ON_A_PAGE = 50

#: A path on this site, in printable ASCII without backslashes. Browsers take ``//host``
#: and ``/\host`` for another site, even with control characters in between.
LOCAL_PATH = re.compile(r"/(?!/)[!-\[\]-~]*")

#: Control characters, and the characters that change the direction of text.
UNWANTED = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

pages = Blueprint("pages", __name__)


def readable(value):
    """Return the text without unwanted characters; empty if nothing is visible."""
    if not value:
        return value
    # A browser counts the end of a line as one character, but sends two.
    value = UNWANTED.sub("", value.replace("\r\n", "\n")).strip()
    # Characters without width join emoji, so they stay. Alone they are invisible.
    seen = any(unicodedata.category(each)[0] not in "CZ" for each in value)
    return value if seen else ""


def text_field(field, label, longest):
    return field(
        label,
        filters=[readable],
        validators=[
            DataRequired("Please write something here."),
            Length(max=longest, message="Please use at most %(max)d characters."),
        ],
        render_kw={"maxlength": longest},
    )


class SignInForm(FlaskForm):
    name = text_field(StringField, "Your name", 40)


class CommentForm(FlaskForm):
    text = text_field(TextAreaField, "Comment", 5000)


class ThreadForm(CommentForm):
    title = text_field(StringField, "Title", 120)


@pages.before_app_request
def ask_for_length():
    # Werkzeug would cut a form of unknown length off at MAX_CONTENT_LENGTH.
    if request.method == "POST" and request.content_length is None:
        abort(411)


@pages.before_app_request
def find_user():
    g.user = session.get("name")


def signed_in(view):
    """Redirect to the sign-in page if nobody is signed in. It leads back here."""

    @functools.wraps(view)
    def signed_in_view(**arguments):
        if g.user is None:
            page = request.args.get("page", type=int)
            here = url_for(f"pages.{view.__name__}", page=page, **arguments)
            return redirect(url_for("pages.sign_in", next=here))
        return view(**arguments)

    return signed_in_view


def page_to_return_to():
    path = request.args.get("next", "")
    return path if LOCAL_PATH.fullmatch(path) else url_for("pages.list_threads")


@pages.app_template_filter()
def age(created):
    """Return a date as people say it, relative within the last day."""
    minutes = (datetime.now(timezone.utc) - created) // timedelta(minutes=1)
    if minutes in (-1, 0):  # The clocks of two web servers may differ.
        return "just now"
    for unit, length, limit in (("minute", 1, 60), ("hour", 60, 24 * 60)):
        if 0 < minutes < limit:
            number = minutes // length
            return f"{number} {unit}{'s' if number > 1 else ''} ago"
    return f"{created.day} {created:%B %Y, %H:%M} UTC"


def page_number():
    return min(max(1, request.args.get("page", 1, type=int)), 1_000_000)


@pages.route("/", methods=["GET", "POST"])
def sign_in():
    if g.user is not None:
        return redirect(page_to_return_to())
    form = SignInForm()
    if form.validate_on_submit():
        session["name"] = form.name.data
        session.permanent = True
        return redirect(page_to_return_to())
    return render_template("sign_in.html", form=form)


@pages.post("/sign-out")
def sign_out():
    session.clear()
    return redirect(url_for("pages.sign_in"))


@pages.route("/threads", methods=["GET", "POST"])
@signed_in
def list_threads():
    # If saving fails, the error page shows the form again.
    form = g.form = ThreadForm()
    if form.validate_on_submit():
        thread = threads.start(g.user, form.title.data, form.text.data)
        return redirect(url_for("pages.show_thread", thread=thread))
    page = page_number()
    shown, more = threads.page_of_threads(page, THREADS_ON_A_PAGE)
    return render_template(
        "threads.html", form=form, threads=shown, page=page, more=more
    )


@pages.route("/threads/<int:thread>", methods=["GET", "POST"])
@signed_in
def show_thread(thread):
    form = g.form = CommentForm()
    if form.validate_on_submit():
        comment, number = threads.add_comment(thread, g.user, form.text.data)
        page = 1 + (number - 1) // COMMENTS_ON_A_PAGE
        anchor = f"comment-{comment}"
        return redirect(
            url_for("pages.show_thread", thread=thread, page=page, _anchor=anchor)
        )
    found = threads.get(thread)
    page = page_number()
    comments, number = threads.page_of_comments(thread, page, COMMENTS_ON_A_PAGE)
    return render_template(
        "thread.html",
        form=form,
        thread=found,
        comments=comments,
        number=number,
        page=page,
        more=page * COMMENTS_ON_A_PAGE < number,
    )


@pages.route("/threads/<int:thread>/delete", methods=["GET", "POST"])
@signed_in
def delete_thread(thread):
    found = threads.get(thread)
    if found["author"] != g.user:
        abort(403)
    if request.method != "POST":
        return render_template("delete.html", thread=found)
    threads.delete(thread)
    flash("The thread is deleted.")
    return redirect(url_for("pages.list_threads"))
