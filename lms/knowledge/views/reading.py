"""For everybody: search, read, say whether it is right; and the same in the panel of a call."""

from itertools import groupby

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.i18n import _
from lms.knowledge import queries
from lms.knowledge.forms import FeedbackForm
from lms.knowledge.models import Verdict
from lms.knowledge.rules import review_standing
from lms.knowledge.services import listening
from lms.knowledge.views.blueprint import bp, html_of, in_english, product_names, queue_names, today
from lms.web.guard import current_identity, page, request_time, requires

MOST = 200
IN_PANEL = 8


@bp.get("/")
@requires(Permission.KNOWLEDGE_READ)
def index() -> ResponseReturnValue:
    """Search the base, or look through it product by product."""
    term, product, queue = (request.args.get(name, "").strip() for name in ("q", "product", "queue"))
    hits = queries.search(reading(), term, product=product, queue=queue, limit=MOST)
    shelves = [list(group) for _name, group in groupby(hits, key=lambda hit: hit.product)]
    return page("knowledge/index.html", term=term, shelves=shelves, product=product, queue=queue, hits=hits,
                products=queries.products(reading()), queues=queue_names(), english=in_english())


@bp.get("/<code>")
@requires(Permission.KNOWLEDGE_READ)
def show(code: str) -> ResponseReturnValue:
    """One article."""
    return _article_page(code, FeedbackForm())


@bp.post("/<code>/feedback")
@requires(Permission.KNOWLEDGE_READ)
def feedback(code: str) -> ResponseReturnValue:
    """Say that an article helped, or what is not right about it."""
    form = FeedbackForm()
    if not form.validate_on_submit():
        return _article_page(code, form), 422
    verdict = Verdict(form.verdict.data or "")
    try:
        with unit_of_work() as session:
            listening.say(session, code, verdict, comment=form.comment.data or "", by=current_identity(),
                          now=request_time())
    except Invalid as invalid:
        form.take(invalid)
        return _article_page(code, form), invalid.status
    flash(_("Thank you.") if verdict is Verdict.HELPFUL else _("Thank you: the owner has been told."), "ok")
    return redirect(url_for(".show", code=code))


@bp.get("/panel")
@requires(Permission.KNOWLEDGE_READ)
def panel() -> ResponseReturnValue:
    """What a search finds, for the panel of a call; with nothing typed, what the queue is asked most."""
    term, queue = request.args.get("q", "").strip(), request.args.get("queue", "")
    hits = queries.search(reading(), term, limit=IN_PANEL) if term else queries.search(reading(), queue=queue)
    return page("knowledge/panel_hits.html", hits=hits, term=term, english=in_english())


@bp.get("/panel/<code>")
@requires(Permission.KNOWLEDGE_READ)
def panel_article(code: str) -> ResponseReturnValue:
    """One article in the panel of a call."""
    article = queries.readable(reading(), code)
    if article is None:
        raise NotFound
    return page("knowledge/panel_article.html", article=article, html=html_of(article.wording.body),
                english=in_english())


def _article_page(code: str, form: FeedbackForm) -> str:
    article = queries.readable(reading(), code)
    if article is None:
        raise NotFound
    return page(
        "knowledge/show.html", article=article, html=html_of(article.wording.body), form=form, english=in_english(),
        standing=review_standing(article.review_on, today()), queues=queue_names(), products=product_names(),
        own=queries.own_verdict(reading(), article.edition_id, current_identity().person_id),
    )
