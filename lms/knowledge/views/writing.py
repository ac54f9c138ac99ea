"""For authors: begin an article, write its draft, hand it in, publish it."""

from flask import flash, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid
from lms.kernel.i18n import _
from lms.knowledge.forms import ArticleForm, HandInForm, NewArticleForm, RemarkForm, ReviewDayForm
from lms.knowledge.models import OPEN_STATES, EditionState
from lms.knowledge.queries import editions, wording_of
from lms.knowledge.rules import LONGEST_BODY, Wording
from lms.knowledge.services import authoring
from lms.knowledge.views.blueprint import HALF_A_YEAR, bp, html_of, today
from lms.knowledge.views.managing import article_page, by_code, offer_choices, product_id
from lms.web.forms import Form
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.posted import json_object


@bp.route("/manage/new", methods=["GET", "POST"])
@requires(Permission.KNOWLEDGE_WRITE)
def new() -> ResponseReturnValue:
    """Begin an article."""
    me = current_identity().person_id
    form = NewArticleForm(owner=str(me or ""), review_on=today() + HALF_A_YEAR)
    offer_choices(form)
    if not form.validate_on_submit():
        return page("knowledge/new.html", form=form), 422 if form.is_submitted() else 200
    try:
        with unit_of_work() as session:
            authoring.create_article(
                session, form.code.data or "", Wording(form.title.data or ""), product_id=product_id(form.product.data),
                queues=form.queues.data or [], points=form.point_codes(), owner_id=form.owner_id(),
                review_on=form.review_on.data or today(), by=current_identity(), now=request_time())
    except Invalid as invalid:
        form.take(invalid)
        return page("knowledge/new.html", form=form), invalid.status
    return redirect(url_for(".edit", code=form.code.data))


@bp.route("/manage/<code>/edit", methods=["GET", "POST"])
@requires(Permission.KNOWLEDGE_WRITE)
def edit(code: str) -> ResponseReturnValue:
    """Write the draft of an article, with the text beside it as readers will see it."""
    article = by_code(code)
    latest = editions(reading(), article.id)[0]
    if latest.state == EditionState.REVIEW:
        flash(_("This article is in review: it can't be changed now."), "soon")
        return redirect(url_for(".article", code=code))
    form = ArticleForm(obj=wording_of(latest), seen=str(latest.version) if latest.state in OPEN_STATES else "")
    if not form.validate_on_submit():
        html = html_of(form.body.data or "")
        return page("knowledge/edit.html", form=form, article=article, html=html), 422 if form.is_submitted() else 200
    typed = form.seen.data or ""
    seen = int(typed) if typed.isdecimal() else None
    with unit_of_work() as session:
        authoring.write_draft(session, code, form.wording(), seen=seen, by=current_identity(), now=request_time())
    flash(_("The draft is kept. Hand it in when it is ready."), "ok")
    return redirect(url_for(".article", code=code))


@bp.post("/manage/preview")
@requires(Permission.KNOWLEDGE_WRITE)
def preview() -> ResponseReturnValue:
    """What a text will look like to readers."""
    text = str(json_object().get("text", ""))
    return jsonify(html=str(html_of(text[:LONGEST_BODY])))


@bp.post("/manage/<code>/hand-in")
@requires(Permission.KNOWLEDGE_WRITE)
def hand_in(code: str) -> ResponseReturnValue:
    """Hand a draft in for review."""
    by_code(code)
    form = HandInForm()
    try:
        with unit_of_work() as session:
            authoring.hand_in(session, code, changes=form.changes.data or "", by=current_identity(),
                              now=request_time())
    except Invalid as invalid:
        form.take(invalid)
        return article_page(code, hand_in_form=form), invalid.status
    flash(_("Handed in. Somebody who had no hand in it can publish it now."), "ok")
    return redirect(url_for(".article", code=code))


@bp.post("/manage/<code>/return")
@requires(Permission.KNOWLEDGE_PUBLISH)
def send_back(code: str) -> ResponseReturnValue:
    """Return an article to its authors."""
    by_code(code)
    form = RemarkForm()
    if not form.validate_on_submit():
        return article_page(code, remark_form=form), 422
    with unit_of_work() as session:
        authoring.send_back(session, code, remark=form.remark.data or "", by=current_identity(), now=request_time())
    flash(_("Sent back to its authors."), "ok")
    return redirect(url_for(".article", code=code))


@bp.post("/manage/<code>/publish")
@requires(Permission.KNOWLEDGE_PUBLISH)
def publish(code: str) -> ResponseReturnValue:
    """Publish the edition in review."""
    by_code(code)
    form = ReviewDayForm()
    if not form.validate_on_submit():
        return article_page(code, day_form=form), 422
    with unit_of_work() as session:
        authoring.publish(session, code, review_on=form.review_on.data or today(), by=current_identity(),
                          now=request_time())
    flash(_("Published: everybody finds this edition from now on."), "ok")
    return redirect(url_for(".show", code=code))


@bp.route("/manage/<code>/discard", methods=["GET", "POST"])
@requires(Permission.KNOWLEDGE_WRITE)
def discard(code: str) -> ResponseReturnValue:
    """Throw a draft away, after saying what that does."""
    by_code(code)
    form = Form()
    if form.validate_on_submit():
        with unit_of_work() as session:
            left = authoring.discard_draft(session, code, by=current_identity(), now=request_time())
        flash(_("The draft is gone."), "ok")
        return redirect(url_for(".article", code=code) if left else url_for(".manage"))
    return page("kit/confirm.html", title=_("Throw this draft away?"), form=form, submit=_("Throw away"), danger=True,
                cancel=url_for(".article", code=code), count=1, rows=[],
                does=[_("What is written in it is deleted."), _("Published editions stay as they are.")])
