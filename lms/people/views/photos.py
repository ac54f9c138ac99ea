"""A person's photo: seen by HR and the person, handed in by HR with consent, erased by either."""

from http import HTTPStatus
from uuid import UUID

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, Problem
from lms.kernel.i18n import _
from lms.people.forms import PhotoForm, PlainForm
from lms.people.models import PersonPhoto
from lms.people.queries.people import person_card
from lms.people.rules.photo import LARGEST_FILE, Portrait, portrait
from lms.people.services import photos
from lms.people.services.persons import reach_person
from lms.people.views import choices
from lms.people.views.blueprint import bp
from lms.web.guard import current_identity, page, request_time, requires


@bp.get("/people/<uuid:person_id>/photo.jpg")
@requires(Permission.PHOTO_READ)
def photo(person_id: UUID) -> ResponseReturnValue:
    """Send the photo to HR or to the person; whoever else looks stands in the audit."""
    by = current_identity()
    reach_person(reading(), person_id, Permission.PHOTO_READ, by)
    with unit_of_work() as session:
        return as_jpeg(photos.show_photo(session, person_id, by=by, now=request_time()))


def as_jpeg(kept: PersonPhoto) -> Response:
    """Return a photo as an answer that no cache between us and the reader keeps."""
    return Response(kept.content, mimetype="image/jpeg", headers={"Cache-Control": "private, no-store"})


@bp.route("/people/<uuid:person_id>/photo", methods=["GET", "POST"])
@requires(Permission.PHOTO_WRITE)
def photo_form(person_id: UUID) -> ResponseReturnValue:
    """Hand a photo in, with the person's consent."""
    by = current_identity()
    reach_person(reading(), person_id, Permission.PHOTO_WRITE, by)
    card, form = person_card(reading(), person_id, choices.today()), PhotoForm()
    try:
        if form.validate_on_submit():
            picture = _portrait(form)
            with unit_of_work() as session:
                photos.keep_photo(session, person_id, picture, consented=bool(form.consent.data), by=by,
                                  now=request_time())
            flash(_("The photo is kept."), "ok")
            return redirect(url_for(".show", person_id=person_id))
    except Invalid as error:
        form.take(error)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or form.form_errors else HTTPStatus.OK
    return page("people/photo.html", card=card, form=form), status


def _portrait(form: PhotoForm) -> Portrait:
    file = form.photo.data
    data = file.stream.read(LARGEST_FILE + 1) if file else b""
    try:
        return portrait(data)
    except ValueError:
        raise Invalid([Problem("photo", _("This is no photo that can be used: a JPEG, PNG or WebP of one picture, at "
                                          "least 120 pixels wide and high, at most 8 MB."))]) from None


@bp.post("/people/<uuid:person_id>/photo/delete")
@requires(Permission.PHOTO_DELETE)
def delete_photo(person_id: UUID) -> ResponseReturnValue:
    """Erase a photo: the person themselves, taking their consent back, or HR."""
    if PlainForm().validate_on_submit():
        with unit_of_work() as session:
            removed = photos.remove_photo(session, person_id, by=current_identity(), now=request_time())
        flash(_("The photo was erased.") if removed else _("There was no photo."), "ok")
    return redirect(url_for(".show", person_id=person_id))
