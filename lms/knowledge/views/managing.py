"""For authors: the list with review dates, an article's editions and what readers said, its labels."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_pgettext
from sqlalchemy import ColumnElement, Select, select

from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.i18n import _, _l
from lms.kernel.searching import folded
from lms.kernel.text_changes import text_changes
from lms.knowledge import queries
from lms.knowledge.forms import AnswerForm, HandInForm, LabelsForm, ProductForm, RemarkForm, ReviewDayForm, WithdrawForm
from lms.knowledge.models import (
    Article,
    ArticleEdition,
    ArticleFeedback,
    ArticleLabel,
    EditionState,
    KnowledgeProduct,
    LabelKind,
)
from lms.knowledge.rules import may_publish, review_standing
from lms.knowledge.services import authoring, listening
from lms.knowledge.views.blueprint import HALF_A_YEAR, bp, html_of, in_english, product_names, queue_names, today
from lms.people.models import Person, PersonState, RoleAssignment
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.tables import Column, Filter, Table, export, paginate

STATES = (("draft", _l("Draft")), ("review", _l("In review")), ("published", _l("Published")),
          ("withdrawn", lazy_pgettext("article", "Withdrawn")))


def _state_is(value: str) -> ColumnElement[bool]:
    return Article.withdrawn_at.is_not(None) if value == "withdrawn" else (
        (ArticleEdition.state == value) & Article.withdrawn_at.is_(None))


TABLE = Table("knowledge", title=_l("Articles"), columns=(
    Column("title", _l("Title"), sort=ArticleEdition.title, always=True,
           value=lambda row: (row.title_en or row.title) if in_english() else row.title),
    Column("product", _l("Product"), sort=KnowledgeProduct.position,
           value=lambda row: (row.product_en or row.product) if in_english() else row.product),
    Column("state", _l("State"), sort=ArticleEdition.state,
           value=lambda row: str(dict(STATES)["withdrawn" if row.withdrawn_at else row.state])),
    Column("number", _l("Edition"), sort=ArticleEdition.number, numeric=True),
    Column("owner", _l("Owner"), sort=Person.name, value=lambda row: row.owner or ""),
    Column("review_on", _l("Look at it again by"), sort=Article.review_on, nowrap=True),
    Column("complaints", _l("Not right, unanswered"), numeric=True),
    Column("code", _l("Code"), sort=Article.code, hidden=True),
), filters=(
    Filter("product", _l("Product"), options=lambda: product_names().items(),
           where=lambda value: KnowledgeProduct.code == value),
    Filter("state", _l("State"), options=STATES, where=_state_is),
), search=lambda term: ArticleEdition.searched.contains(folded(term), autoescape=True), default_sort="review_on")


@bp.get("/manage")
@requires(Permission.KNOWLEDGE_INSPECT)
def manage() -> ResponseReturnValue:
    """Every article with its state, owner and review date, the earliest date first."""
    state = TABLE.state(request.args)
    if state.export:
        return export(reading(), queries.managed(), state, filename="knowledge")
    return _list_page(ProductForm())


@bp.post("/manage/products")
@requires(Permission.KNOWLEDGE_WRITE)
def add_product() -> ResponseReturnValue:
    """Add a product to sort articles by."""
    form = ProductForm()
    try:
        if not form.validate_on_submit():
            return _list_page(form), 422
        with unit_of_work() as session:
            authoring.add_product(session, form.name.data or "", form.name_en.data or "", by=current_identity(),
                                  now=request_time())
    except Invalid as invalid:
        form.take(invalid)
        return _list_page(form), invalid.status
    flash(_("Saved."), "ok")
    return redirect(url_for(".manage"))


@bp.get("/manage/<code>")
@requires(Permission.KNOWLEDGE_INSPECT)
def article(code: str) -> ResponseReturnValue:
    """One article: its editions, what the open one changes, what readers said, and the steps that are open."""
    return article_page(code)


@bp.route("/manage/<code>/labels", methods=["GET", "POST"])
@requires(Permission.KNOWLEDGE_WRITE)
def labels(code: str) -> ResponseReturnValue:
    """Change product, queues, knowledge points, owner and review date."""
    found = by_code(code)
    rows = reading().execute(labels_of(found)).tuples().all()
    form = LabelsForm(data={
        "product": product_code(found), "queues": [value for kind, value in rows if kind == LabelKind.QUEUE],
        "points": " ".join(value for kind, value in rows if kind == LabelKind.POINT),
        "owner": str(found.owner_id or ""), "review_on": found.review_on})
    offer_choices(form)
    if not form.validate_on_submit():
        return page("knowledge/labels.html", form=form, article=found), 422 if form.is_submitted() else 200
    with unit_of_work() as session:
        authoring.change_labels(
            session, code, product_id=product_id(form.product.data), queues=form.queues.data or [],
            points=form.point_codes(), owner_id=form.owner_id(), review_on=form.review_on.data or today(),
            by=current_identity(), now=request_time())
    flash(_("Saved."), "ok")
    return redirect(url_for(".article", code=code))


@bp.post("/manage/<code>/still-right")
@requires(Permission.KNOWLEDGE_WRITE)
def still_right(code: str) -> ResponseReturnValue:
    """Note that the article was looked at and is right."""
    by_code(code)
    form = ReviewDayForm()
    if not form.validate_on_submit():
        return article_page(code, day_form=form), 422
    try:
        with unit_of_work() as session:
            authoring.still_right(session, code, review_on=form.review_on.data or today(), by=current_identity(),
                                  now=request_time())
    except Invalid as invalid:
        form.take(invalid)
        return article_page(code, day_form=form), invalid.status
    flash(_("Noted: it is still right."), "ok")
    return redirect(url_for(".article", code=code))


@bp.post("/manage/feedback/<uuid:feedback_id>")
@requires(Permission.KNOWLEDGE_WRITE)
def answer(feedback_id: UUID) -> ResponseReturnValue:
    """Settle what a reader said."""
    said = reading().get(ArticleFeedback, feedback_id)
    if said is None:
        raise NotFound
    form = AnswerForm()
    if not form.validate_on_submit():
        edition = reading().get_one(ArticleEdition, said.edition_id)
        return article_page(reading().get_one(Article, edition.article_id).code, answer_form=form), 422
    with unit_of_work() as session:
        code = listening.answer(session, said.id, text=form.answer.data or "", by=current_identity(),
                                now=request_time())
    flash(_("Answered: they have been told."), "ok")
    return redirect(url_for(".article", code=code, _anchor="feedback"))


@bp.route("/manage/<code>/withdraw", methods=["GET", "POST"])
@requires(Permission.KNOWLEDGE_PUBLISH)
def withdraw(code: str) -> ResponseReturnValue:
    """Take an article out of what readers find, after saying what that does."""
    by_code(code)
    form = WithdrawForm()
    if form.validate_on_submit():
        with unit_of_work() as session:
            authoring.withdraw(session, code, reason=form.reason.data or "", by=current_identity(), now=request_time())
        flash(_("Withdrawn: nobody finds it any more."), "ok")
        return redirect(url_for(".article", code=code))
    return page("kit/confirm.html", title=_("Withdraw this article?"), form=form, submit=_("Take it out"), danger=True,
                cancel=url_for(".article", code=code), count=1, rows=[],
                does=[_("Nobody finds it any more, in calls, courses and searches."),
                      _("Its editions stay on record, and it can be restored.")])


@bp.post("/manage/<code>/restore")
@requires(Permission.KNOWLEDGE_PUBLISH)
def restore(code: str) -> ResponseReturnValue:
    """Let readers find a withdrawn article again."""
    by_code(code)
    with unit_of_work() as session:
        authoring.restore(session, code, by=current_identity(), now=request_time())
    flash(_("Restored."), "ok")
    return redirect(url_for(".article", code=code))


def article_page(
    code: str, hand_in_form: HandInForm | None = None, remark_form: RemarkForm | None = None,
    day_form: ReviewDayForm | None = None, answer_form: AnswerForm | None = None,
) -> str:
    """Return the page of an article, with the forms that were not accepted."""
    found = by_code(code)
    rows = queries.editions(reading(), found.id)
    published = next((row for row in rows if row.state == EditionState.PUBLISHED), None)
    shown = rows[0]
    hands = {shown.created_by, shown.changed_by, shown.submitted_by}
    before = published if published is not None and published is not shown else None
    yes, no = queries.helpful(reading(), found.id)
    return page(
        "knowledge/article.html", article=found, editions=rows, shown=shown, published=published, before=before,
        names=queries.names_of(reading(), rows), html=html_of(shown.body), said=queries.said_of(reading(), found.id),
        changes=text_changes(queries.wording_of(before).as_text(), queries.wording_of(shown).as_text())
        if before else (),
        owner=reading().get(Person, found.owner_id) if found.owner_id else None, helpful=yes, not_right=no,
        standing=review_standing(found.review_on, today()), others=may_publish(hands, current_identity().person_id),
        product=product_names()[product_code(found)], english=in_english(),
        states=dict(STATES) | {"superseded": _("Superseded")},
        hand_in_form=hand_in_form or HandInForm(), remark_form=remark_form or RemarkForm(),
        day_form=day_form or ReviewDayForm(review_on=today() + HALF_A_YEAR), answer_form=answer_form or AnswerForm(),
    )


def by_code(code: str) -> Article:
    """Return an article. Raises NotFound."""
    found = reading().scalar(select(Article).where(Article.code == code))
    if found is None:
        raise NotFound
    return found


def product_code(found: Article) -> str:
    """Return the code of an article's product."""
    return reading().get_one(KnowledgeProduct, found.product_id).code


def product_id(code: str) -> UUID:
    """Return the id of a product that the form offered."""
    return reading().scalars(select(KnowledgeProduct.id).where(KnowledgeProduct.code == code)).one()


def labels_of(found: Article) -> Select[str, str]:
    """Return the statement of an article's labels."""
    return select(ArticleLabel.kind, ArticleLabel.value).where(ArticleLabel.article_id == found.id)


def offer_choices(form: LabelsForm) -> None:
    """Fill in what a labels form may choose from: owners are whoever may write articles."""
    form.product.choices = list(product_names().items())
    kept = [(value, value) for value in form.queues.data or [] if value not in queue_names()]
    form.queues.choices = [*queue_names().items(), *kept]
    writers = select(RoleAssignment.person_id).where(RoleAssignment.role.in_(("trainer", "training_admin")))
    people = reading().scalars(
        select(Person).where(Person.id.in_(writers), Person.state != PersonState.LEFT).order_by(Person.staff_no))
    form.owner.choices = [("", _("The training administrators")),
                          *((str(person.id), f"{person.name} {person.staff_no}") for person in people)]


def _list_page(form: ProductForm) -> str:
    state = TABLE.state(request.args)
    rows = paginate(reading(), queries.managed(), state)
    standings = {row.code: review_standing(row.review_on, today()) for row in rows.rows}
    return page("knowledge/manage.html", state=state, rows=rows, standings=standings, form=form,
                waiting=queries.waiting(reading()))
