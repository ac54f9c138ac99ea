"""Forms of people's pages. They check shape; services check meaning."""

from typing import Final

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.kernel.i18n import _l
from lms.people import wording
from lms.people.models import PersonState
from lms.web.forms import Form

_NEEDED: Final = _l("Fill this in.")


class PersonForm(Form):
    """What is known of a person."""

    name = StringField(_l("Name"), [DataRequired(_NEEDED), Length(max=80)])
    name_latin = StringField(_l("Name in Latin letters"), [Length(max=120)],
                             description=_l("For certificates in English; made from pinyin when left empty."))
    unit_id = SelectField(_l("Team"), [DataRequired(_NEEDED)])
    post_id = SelectField(_l("Post"), [Optional()])
    employment = SelectField(_l("Kind of employment"), choices=list(wording.EMPLOYMENTS.items()))
    state = SelectField(_l("State"), choices=[
        (state, label) for state, label in wording.STATES.items() if state is not PersonState.LEFT
    ])
    hired_on = DateField(_l("First day"), [InputRequired(_NEEDED)])
    email = StringField(_l("E-mail"), [Length(max=200)])
    phone = StringField(_l("Phone"), [Length(max=40)])


class NewPersonForm(PersonForm):
    """Somebody new."""

    staff_no = StringField(_l("Staff number"), [DataRequired(_NEEDED), Length(max=40)])


class QueuesForm(Form):
    """The queues a person is meant to serve."""

    queues = SelectMultipleField(_l("Queues"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())


class LeavingForm(Form):
    """The last day."""

    left_on = DateField(_l("Last day"), [InputRequired(_NEEDED)])
    reason = TextAreaField(_l("Reason"), [Length(max=500)])


class ReturningForm(Form):
    """Coming back."""

    state = SelectField(_l("Comes back as"), choices=[
        (state, wording.STATES[state]) for state in (PersonState.ACTIVE, PersonState.PROBATION)
    ])
    reason = TextAreaField(_l("Reason"), [Length(max=500)])


class RoleForm(Form):
    """A role for a part of the organisation."""

    role = SelectField(_l("Role"), [DataRequired(_NEEDED)])
    unit_id = SelectField(_l("For which part"), [Optional()])


class MentorForm(Form):
    """A mentor for a learner."""

    mentor_id = SelectField(_l("Mentor"), [DataRequired(_NEEDED)])
    starts_on = DateField(_l("Begins"), [InputRequired(_NEEDED)])
    ends_on = DateField(_l("Ends"), [Optional()], description=_l("Inclusive; empty: until further notice."))


class ReasonForm(Form):
    """Why."""

    reason = TextAreaField(_l("Reason"), [Length(max=500)])


class PhotoForm(Form):
    """A photo, and that the person consented to it."""

    photo = FileField(_l("Photo"))
    consent = BooleanField(_l("The person has consented to this photo being kept for checking who sits an exam."))


class PlainForm(Form):
    """Nothing but the token against forgery."""


class UnitForm(Form):
    """A unit."""

    name = StringField(_l("Name"), [DataRequired(_NEEDED), Length(max=80)])
    name_en = StringField(_l("Name in English"), [Length(max=120)])
    timezone = StringField(_l("Time zone"), [Length(max=60)],
                           description=_l("Such as Asia/Shanghai; empty: as above it."))


class NewUnitForm(UnitForm):
    """A unit to be added."""

    kind = SelectField(_l("Level in the tree"), choices=list(wording.UNIT_KINDS.items()))
    code = StringField(_l("Short code"), [DataRequired(_NEEDED), Length(max=39)],
                       description=_l("Short and for good: files and other programs refer to it."))


class NamedForm(Form):
    """A post or a queue."""

    code = StringField(_l("Short code"), [Length(max=39)],
                       description=_l("Short and for good: files and other programs refer to it."))
    name = StringField(_l("Name"), [DataRequired(_NEEDED), Length(max=80)])
    name_en = StringField(_l("Name in English"), [Length(max=120)])


class QueueForm(NamedForm):
    """A queue."""

    short = StringField(_l("Short name"), [Length(max=12)], description=_l("Over its column on the floor board."))
    position = IntegerField(_l("Place on the board"), [Optional()])


class UploadForm(Form):
    """A spreadsheet."""

    file = FileField(_l("Spreadsheet"))


class ColumnsForm(Form):
    """How a file is to be read; the columns' own fields are added by the view."""

    sheet = SelectField(_l("Sheet"), validate_choice=False)
    header_row = IntegerField(_l("Row of the headings"), [InputRequired(_NEEDED)])
    complete = RadioField(_l("People who aren't in the file"), choices=[
        ("no", _l("stay as they are")), ("yes", _l("have left: the file lists everybody")),
    ], default="no")
    left_on = DateField(_l("Their last day"), [Optional()])
    since = DateField(_l("The plan holds from"), [Optional()])


class ConfirmImportForm(Form):
    """The confirmation of a dry run."""

    fingerprint = StringField()
    typed = IntegerField(_l("Number of people who leave"), [Optional()])
    leave_out = BooleanField(_l("Leave bad rows out"))
