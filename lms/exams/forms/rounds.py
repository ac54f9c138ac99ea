"""Forms of monthly plans and spot checks: shape only."""

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    MonthField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.exams.forms.exams import INSTANT
from lms.exams.words.rounds import DAY_RULES, SIZES
from lms.kernel.i18n import _l
from lms.web.forms import Form


class PopulationForm(Form):
    """Whom it is for."""

    unit_id = SelectField(_l("Part of the organisation"), validators=[Optional()])
    posts = SelectMultipleField(_l("Posts"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())
    queues = SelectMultipleField(_l("Queues"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())


class PlanForm(PopulationForm):
    """A monthly plan; times are those of the site."""

    exam_id = SelectField(_l("Exam title"), validators=[InputRequired()])
    title = StringField(_l("Name of the plan"), validators=[InputRequired(), Length(max=80)])
    place = StringField(_l("Place"), validators=[Length(max=120)])
    probation = BooleanField(_l("People on probation too"))
    number = IntegerField(_l("Opens on"), validators=[InputRequired(), NumberRange(1, 31)], default=3)
    day_rule = SelectField(_l("counted as"), choices=list(DAY_RULES.items()))
    opens = TimeField(_l("at"), validators=[InputRequired()])
    window_hours = IntegerField(_l("May be begun for"), validators=[InputRequired(), NumberRange(1, 336)], default=48)
    lead_days = IntegerField(_l("Told ahead"), validators=[InputRequired(), NumberRange(0, 7)], default=5)
    catch_up_days = IntegerField(_l("To catch up after leave"), validators=[InputRequired(), NumberRange(1, 14)],
                                 default=5)
    first = MonthField(_l("First month"), validators=[InputRequired()])
    last = MonthField(_l("Last month"), validators=[Optional()])


class CheckForm(PopulationForm):
    """A spot check."""

    exam_id = SelectField(_l("Exam title"), validators=[InputRequired()])
    title = StringField(_l("Name of the check"), validators=[InputRequired(), Length(max=80)])
    probation = BooleanField(_l("People on probation too"), default=True)
    size = IntegerField(_l("Draw"), validators=[InputRequired(), NumberRange(1, 500)], default=5)
    size_kind = SelectField(_l("counted in"), choices=list(SIZES.items()))
    stratified = BooleanField(_l("Every team in proportion"), default=True)
    recent_days = IntegerField(_l("Leave out who was drawn in the last"), default=30,
                               validators=[InputRequired(), NumberRange(0, 366)])
    on_shift = BooleanField(_l("Only who is on shift when it starts"), default=True)
    starts_at = DateTimeLocalField(_l("Starts"), format=INSTANT, validators=[Optional()])
    begin_minutes = IntegerField(_l("Those drawn begin within"), default=30,
                                 validators=[InputRequired(), NumberRange(1, 720)])


class MissedForm(Form):
    """Why somebody who was drawn did not begin."""

    reason = TextAreaField(_l("Reason"), validators=[InputRequired(), Length(max=500)])
