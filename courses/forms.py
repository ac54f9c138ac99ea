"""Forms of courses. They check shape; rules and services check meaning."""

import re

from flask_babel import lazy_pgettext
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from lms.kernel.i18n import _l
from lms.web.forms import Form

# Words that are addresses of our own pages and so can't be the code of a course.
RESERVED = ("manage", "tests", "units", "notes", "pictures")
CODE = re.compile(rf"^(?!(?:{'|'.join(RESERVED)})$)[a-z0-9]+(?:-[a-z0-9]+)*$")


def chosen(value: object) -> str:
    """Return what was chosen from a list, nothing when it wasn't sent."""
    return "" if value is None else str(value)


class NoteForm(Form):
    """A learner's own note."""

    text = TextAreaField(_l("New note"), validators=[DataRequired(), Length(max=4000)])
    quote = HiddenField(validators=[Length(max=2000)])


class NewCourseForm(Form):
    """A course of the organisation's own."""

    title = StringField(_l("Title"), validators=[DataRequired(), Length(max=120)])
    code = StringField(_l("Code"), validators=[DataRequired(), Length(max=40), Regexp(
        CODE, message=_l("Small letters, digits and hyphens only, such as meter-reading."))],
        description=_l("Part of the course's address; it never changes."))
    copy_of = SelectField(_l("Begin with"), coerce=chosen, filters=[chosen])
    owner = SelectField(_l("Belongs to"), coerce=chosen, filters=[chosen])


class EditionForm(Form):
    """What stands on the cover of an edition."""

    title = StringField(_l("Title"), validators=[DataRequired(), Length(max=120)])
    title_en = StringField(_l("Title in English"), validators=[Length(max=120)])
    summary = TextAreaField(_l("Summary"), validators=[Length(max=400)])
    summary_en = TextAreaField(_l("Summary in English"), validators=[Length(max=400)])
    note = TextAreaField(_l("Notice above every unit"), validators=[Length(max=400)])
    note_en = TextAreaField(_l("Notice in English"), validators=[Length(max=400)])
    minutes = IntegerField(_l("Minutes in all"), validators=[InputRequired(), NumberRange(1, 2400)])
    ordered = BooleanField(_l("Units open one after the other"))


class UnitForm(Form):
    """One unit. Which fields count depends on its kind; the page shows those."""

    seen = HiddenField()
    title = StringField(_l("Title"), validators=[DataRequired(), Length(max=120)])
    title_en = StringField(_l("Title in English"), validators=[Length(max=120)])
    chapter = StringField(_l("Chapter"), validators=[Length(max=120)])
    minutes = IntegerField(_l("Minutes"), validators=[InputRequired(), NumberRange(1, 240)])
    required = BooleanField(_l("Needed to finish the course"))
    points = StringField(_l("Knowledge points"), validators=[Length(max=1000), Regexp(
        r"^[a-z0-9/\- ,，、]*$", message=_l("Codes such as gas/dispatch, separated by spaces."))])
    text = TextAreaField(_l("Text"), validators=[Length(max=200_000)])
    seconds = IntegerField(_l("Seconds to spend on it"), validators=[Optional(), NumberRange(0, 3600)])
    questions = IntegerField(_l("Questions drawn"), validators=[Optional(), NumberRange(1, 50)])
    pass_percent = IntegerField(_l("Percent to pass"), validators=[Optional(), NumberRange(1, 100)])
    film_percent = IntegerField(_l("Percent of the film to watch"), validators=[Optional(), NumberRange(1, 100)])
    script = SelectField(_l("Call script"), coerce=chosen, filters=[chosen])

    def point_codes(self) -> list[str]:
        """Return the knowledge points typed in, each once, in order."""
        return list(dict.fromkeys(part for part in re.split(r"[\s,，、]+", self.points.data or "") if part))


class NewUnitForm(Form):
    """A unit to be added at the end of a draft."""

    kind = SelectField(_l("Kind"), choices=[
        ("page", lazy_pgettext("kind of unit", "Page")), ("document", lazy_pgettext("kind of unit", "Document")),
        ("video", lazy_pgettext("kind of unit", "Film")), ("test", lazy_pgettext("kind of unit", "Test")),
        ("call", _l("Simulated call")),
    ])
    title = StringField(_l("Title"), validators=[DataRequired(), Length(max=120)])


class FilmForm(Form):
    """A film for a unit."""

    film = FileField(_l("Film"))


class CaptionsForm(Form):
    """Captions for a film."""

    captions = FileField(_l("Captions"))


class DocumentForm(Form):
    """A PDF for a unit."""

    document = FileField(_l("Document"))


class PictureForm(Form):
    """A picture for the texts of an edition."""

    picture = FileField(_l("Picture"))


class SubmitForm(Form):
    """Handing an edition in for review."""

    changes = TextAreaField(_l("What is new"), validators=[Length(max=2000)])


class SendBackForm(Form):
    """Returning an edition to its authors."""

    remark = TextAreaField(_l("What should be changed"), validators=[DataRequired(), Length(max=2000)])


class AssignForm(Form):
    """Whom to assign a course to, by when and why."""

    units = SelectField(_l("Everybody in"), coerce=chosen, filters=[chosen])
    staff_nos = TextAreaField(_l("Staff numbers"), validators=[Length(max=20_000)],
                              description=_l("Separated by spaces, commas or lines, as a spreadsheet pastes them."))
    due_on = DateField(_l("To be finished by"), validators=[Optional()], description=_l("To the end of that day."))
    reason = StringField(_l("Reason"), validators=[Length(max=200)])
    confirmed = HiddenField()

    def numbers(self) -> list[str]:
        """Return the staff numbers typed in, each once, in order."""
        return list(dict.fromkeys(part for part in re.split(r"[\s,，、;；]+", self.staff_nos.data or "") if part))


class WithdrawForm(Form):
    """Taking an assignment back."""

    reason = StringField(_l("Reason"), validators=[Length(max=200)])
