"""The pages."""

import functools
import re
import unicodedata

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

pages = Blueprint("pages", __name__)


#: Control characters, and those that turn around what stands after them too.
UNWANTED = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def readable(value):
    if not value:
        return value
    # A browser counts a line's end as one character, but sends two.
    value = UNWANTED.sub("", value.replace("\r\n", "\n")).strip()
    # Blanks without width join emoji, but a name of nothing else cannot be seen.
    seen = any(unicodedata.category(each)[0] not in "CZ" for each in value)
    return value if seen else ""


def text_field(field, label, longest):
    return field(
        label,
        filters=[readable],
        validators=[
            DataRequired("Please write something here."),
            Length(max=longest, message="Please use %(max)d characters at most."),
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
    # A form of no known length is read up to the limit, as if it ended there.
    if request.method == "POST" and request.content_length is None:
        abort(411)


@pages.before_app_request
def find_user():
    g.user = session.get("name")


def signed_in(view):
    @functools.wraps(view)
    def signed_in_view(**arguments):
        if g.user is None:
            return redirect(url_for("pages.sign_in"))
        return view(**arguments)

    return signed_in_view


def page_number():
    return min(max(1, request.args.get("page", 1, type=int)), 1_000_000)


@pages.route("/", methods=["GET", "POST"])
def sign_in():
    if g.user is not None:
        return redirect(url_for("pages.list_threads"))
    form = SignInForm()
    if form.validate_on_submit():
        session["name"] = form.name.data
        session.permanent = True
        return redirect(url_for("pages.list_threads"))
    return render_template("sign_in.html", form=form)


@pages.post("/sign-out")
def sign_out():
    session.clear()
    return redirect(url_for("pages.sign_in"))


@pages.route("/threads", methods=["GET", "POST"])
@signed_in
def list_threads():
    form = ThreadForm()
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
    form = CommentForm()
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


@pages.post("/threads/<int:thread>/delete")
@signed_in
def delete_thread(thread):
    if threads.get(thread)["author"] != g.user:
        abort(403)
    threads.delete(thread)
    flash("The thread is deleted.")
    return redirect(url_for("pages.list_threads"))
