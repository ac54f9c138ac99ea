"""Forms of this area: they check shape; what a value means is checked by services."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.certification import wording
from lms.certification.rules.drafts import Draft, activity_ref
from lms.certification.rules.requirements import Requirement, RequirementKind
from lms.certification.rules.validity import Ending, RenewalPolicy, Validity
from lms.kernel.i18n import _l
from lms.web.formatting import display_zone
from lms.web.forms import Form

AT = "%Y-%m-%dT%H:%M"
LONG = 2000
ROWS = 12


class TickedField(SelectMultipleField):
    """Several of a few choices, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ReasonForm(Form):
    """An act that needs a reason."""

    reason = TextAreaField(_l("Reason"), validators=[DataRequired(), Length(max=LONG)])


class CheckForm(Form):
    """A certificate by number and name; needs no token, since it changes nothing and is asked by strangers."""

    class Meta(Form.Meta):
        """Ask without a session."""

        csrf = False

    number = StringField(_l("Certificate number"), validators=[DataRequired(), Length(max=40)])
    name = StringField(_l("Holder's name"), validators=[DataRequired(), Length(max=80)])


class WaiverForm(Form):
    """A waiver asked for."""

    staff_no = StringField(_l("Staff number"), validators=[DataRequired(), Length(max=40)])
    queue = SelectField(_l("Queue"))
    starts_at = DateTimeLocalField(_l("From"), format=AT, validators=[InputRequired()])
    ends_at = DateTimeLocalField(_l("Until"), format=AT, validators=[InputRequired()])
    reason = TextAreaField(_l("Reason"), validators=[DataRequired(), Length(max=LONG)])


class DecisionForm(Form):
    """The decision on a waiver; a refusal needs a word."""

    note = TextAreaField(_l("Decision note"), validators=[Length(max=LONG)])


class SuspensionForm(Form):
    """A person kept off the floor."""

    scope = SelectField(_l("From what"))
    ends_at = DateTimeLocalField(_l("Until"), format=AT, validators=[Optional()],
                                 description=_l("Empty: until somebody lifts it."))
    reason = TextAreaField(_l("Reason"), validators=[DataRequired(), Length(max=LONG)])


class PhaseForm(Form):
    """A supervised phase."""

    mentor = StringField(_l("Mentor's staff number"), validators=[DataRequired(), Length(max=40)],
                         description=_l("Someone who is certified for these queues."))
    queues = TickedField(_l("Queues"), validators=[DataRequired()])
    starts_at = DateTimeLocalField(_l("From"), format=AT, validators=[InputRequired()])
    ends_at = DateTimeLocalField(_l("Until"), format=AT, validators=[InputRequired()])
    hours_cap = IntegerField(_l("Hours of live calls at most"), validators=[InputRequired(), NumberRange(1, 200)])


class TimeForm(Form):
    """Minutes under supervision."""

    worked_on = DateField(_l("Day"), validators=[InputRequired()])
    minutes = IntegerField(_l("Minutes"), validators=[InputRequired(), NumberRange(1, 1440)])


class GrantForm(Form):
    """A founding licence proposed."""

    staff_no = StringField(_l("Staff number"), validators=[DataRequired(), Length(max=40)])
    certification = SelectField(_l("Kind of certificate"))
    last_day = DateField(_l("Valid through"), validators=[InputRequired()])
    reason = TextAreaField(_l("Reason"), validators=[DataRequired(), Length(max=LONG)])


class QueueForm(Form):
    """What a queue asks for."""

    certifications = TickedField(_l("Certifications it asks for"), validators=[DataRequired()])
    reason = StringField(_l("Reason"), validators=[Length(max=400)])
    confirmed = BooleanField(_l("I have read what this will do"))


class RequirementForm(PlainForm):
    """One requirement; a row without a kind is left out."""

    kind = SelectField(_l("What"), default="", choices=lambda: [("", "—"), *((it.value, str(wording.KINDS[it]))
                                                                for it in RequirementKind)])
    activity = StringField(_l("Code of the activity"), validators=[Length(max=120)])
    need_percent = IntegerField(_l("At least, percent"), default=0, validators=[Optional(), NumberRange(0, 100)])
    need_count = IntegerField(_l("How many"), default=1, validators=[Optional(), NumberRange(1, 50)])
    period_months = IntegerField(_l("Again every … months"), validators=[Optional(), NumberRange(1, 120)])
    afresh = BooleanField(_l("Anew at renewal"), default=True)


class EditionForm(Form):
    """A certification: its names, how long it lasts, what it asks for."""

    code = StringField(_l("Code of the certification"), validators=[DataRequired(), Length(max=40)])
    letters = StringField(_l("Letters in certificate numbers"), validators=[DataRequired(), Length(max=4)])
    name = StringField(_l("Name of the certification"), validators=[DataRequired(), Length(max=80)])
    name_en = StringField(_l("Name in English"), validators=[Length(max=120)])
    description = TextAreaField(_l("Description"), validators=[Length(max=LONG)])
    months = IntegerField(_l("Valid for"), default=12, validators=[InputRequired(), NumberRange(1, 120)])
    ending = SelectField(_l("Ends on"), choices=lambda: [(it.value, str(wording.ENDINGS[it])) for it in Ending])
    fixed_month = IntegerField(_l("Month of the fixed day"), default=12, validators=[Optional(), NumberRange(1, 12)])
    fixed_day = IntegerField(_l("Fixed day"), default=31, validators=[Optional(), NumberRange(1, 31)])
    renewal = SelectField(_l("Renewal counts"),
                          choices=lambda: [(it.value, str(wording.RENEWALS[it])) for it in RenewalPolicy])
    window_days = IntegerField(_l("Renewal opens"), default=60, validators=[InputRequired(), NumberRange(0, 366)])
    requirements = FieldList(FormField(RequirementForm), min_entries=ROWS, max_entries=ROWS)
    note = StringField(_l("What changes, and why"), validators=[Length(max=400)])
    confirmed = BooleanField(_l("I have read what this will do"))

    def draft(self, code: str = "") -> Draft:
        """Return what was typed as a draft. Raises ValueError when the validity is out of range."""
        validity = Validity(self.months.data or 0, Ending(self.ending.data), self.fixed_month.data or 12,
                            self.fixed_day.data or 31, RenewalPolicy(self.renewal.data), self.window_days.data or 0)
        return Draft(code or self.code.data or "", self.name.data or "", self.name_en.data or "",
                     (self.letters.data or "").upper(),
                     self.description.data or "", validity,
                     tuple(_requirement(row.form, index) for index, row in enumerate(self.requirements)
                           if row.form.kind.data))


def as_instant(local: datetime | None) -> datetime:
    """Return the instant that a local time of the reader means, in UTC. Raises ValueError for none."""
    if local is None:
        raise ValueError("a time is missing")
    return local.replace(tzinfo=display_zone()).astimezone(UTC)


def as_local(instant: datetime) -> datetime:
    """Return an instant as the reader's local time, to the minute, for a form."""
    return instant.astimezone(display_zone()).replace(tzinfo=None, second=0, microsecond=0)


def end_of(day: date) -> datetime:
    """Return the instant at which a local day of the reader is over, in UTC."""
    return as_instant(datetime.combine(day + timedelta(days=1), time()))


def requirement_data(requirement: Requirement) -> dict[str, Any]:
    """Return a requirement as the form's row holds it."""
    return {"kind": requirement.kind.value, "activity": ", ".join(requirement.activities),
            "need_percent": requirement.need_percent, "need_count": requirement.need_count,
            "period_months": requirement.period_months, "afresh": requirement.afresh}


def _requirement(row: Any, index: int) -> Requirement:
    kind = RequirementKind(row.kind.data)
    typed = (row.activity.data or "").replace("，", ",").split(",")
    refs = tuple(activity_ref(kind, part) for part in typed if part.strip())
    key = f"{kind.value}-{index + 1}"
    return Requirement(key, kind, refs, row.need_percent.data or 0,
                       (row.need_count.data or 1) if kind is RequirementKind.CALLS else 1, row.period_months.data,
                       bool(row.afresh.data))
