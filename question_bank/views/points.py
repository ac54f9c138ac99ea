"""Knowledge points: the list, and adding one of the organisation's own."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid
from lms.kernel.i18n import _
from lms.web.guard import current_identity, page, request_time, requires
from question_bank import services
from question_bank.forms import PointForm
from question_bank.queries import points
from question_bank.views.blueprint import bp
from question_bank.views.words import CONTEXT, in_english


@bp.route("/points", methods=["GET", "POST"])
@requires(Permission.QUESTION_WRITE)
def knowledge_points() -> ResponseReturnValue:
    """List subjects and points with what can be drawn of each; add one."""
    form, nodes = PointForm(), points(reading())
    form.parent.choices = [("", _("A new subject")), *((node.code, node.name) for node in nodes if not node.depth)]
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                services.add_point(
                    session,
                    parent=form.parent.data,
                    slug=form.slug.data or "",
                    name=form.name.data or "",
                    name_en=form.name_en.data or "",
                    by=current_identity(),
                    now=request_time(),
                )
            flash(_("“%(name)s” is added.", name=form.name.data), "ok")
            return redirect(url_for(".knowledge_points"))
        except Invalid as refused:
            form.take(refused)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
    return page("questions/points.html", form=form, nodes=nodes, english=in_english(), **CONTEXT), status
