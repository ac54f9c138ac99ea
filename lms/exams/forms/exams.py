"""Forms of exams and stations: shape only."""

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import HiddenInput

from lms.exams.rules.entry import LONGEST_LATE
from lms.exams.rules.purposes import ExamPurpose
from lms.exams.rules.release import Shown
from lms.exams.rules.resits import DecisionKind
from lms.exams.words.codes import APPEAL_OUTCOMES, CORRECTIONS, PURPOSES, RELEASES, SHOWN
from lms.kernel.i18n import _l
from lms.web.forms import Form

INSTANT = "%Y-%m-%dT%H:%M"


class SubmitForm(Form):
    """Hand a sitting in; the token says from which seat."""

    token = HiddenField(validators=[InputRequired()])


class VisitSubmitForm(Form):
    """Hand a visit in, with the seconds its timer stood still."""

    paused = IntegerField(widget=HiddenInput(), default=0, validators=[Optional(), NumberRange(0, 7_200)])


class StartForm(Form):
    """Begin a sitting, having read the honesty notice."""

    honest = BooleanField(
        _l("I sit this exam alone, without help and without notes."), validators=[InputRequired()]
    )
    code = StringField(_l("Code of the session"), validators=[Length(max=40)])


class GrantForm(Form):
    """Add time to one sitting."""

    minutes = IntegerField(_l("Minutes to add"), validators=[InputRequired(), NumberRange(1, 720)], default=5)
    pause = BooleanField(_l("Makes good a pause"))
    reason = StringField(_l("Reason"), validators=[InputRequired(), Length(max=200)])


class BoardForm(Form):
    """What an invigilator does with the chosen sittings, or with all that run; `do` is the button's own value."""

    do = StringField(validators=[InputRequired(), AnyOf(["pause", "resume", "extend", "end"])])
    everybody = BooleanField(_l("Everybody who sits now"))
    minutes = IntegerField(_l("Minutes to add"), validators=[Optional(), NumberRange(1, 720)], default=5)
    reason = StringField(_l("Reason"), validators=[Length(max=200)])


class ReasonForm(Form):
    """A reason for something that can't be taken back."""

    reason = StringField(_l("Reason"), validators=[InputRequired(), Length(max=200)])


class DecisionForm(Form):
    """A manager's decision when the attempts are used up."""

    kind = RadioField(
        _l("Decision"), choices=[(DecisionKind.MORE_ATTEMPTS.value, _l("Grant more attempts")),
                                 (DecisionKind.END.value, _l("End it without passing"))],
        default=DecisionKind.MORE_ATTEMPTS.value, validators=[InputRequired()],
    )
    attempts = IntegerField(_l("Attempts"), default=1, validators=[Optional(), NumberRange(0, 10)])
    reason = TextAreaField(_l("Reason"), validators=[InputRequired(), Length(max=1000)])


class SessionForm(Form):
    """Plan a session; times are local to the reader's site."""

    title = StringField(_l("Name of the session"), validators=[InputRequired(), Length(max=120)])
    exam_id = SelectField(_l("Exam title"), validators=[InputRequired()])
    place = StringField(_l("Place"), validators=[Length(max=120)])
    opens_at = DateTimeLocalField(_l("May be started from"), format=INSTANT, validators=[InputRequired()])
    closes_at = DateTimeLocalField(_l("May be started until"), format=INSTANT, validators=[InputRequired()])
    late_entry = IntegerField(_l("Late entry"), validators=[Optional(), NumberRange(1, LONGEST_LATE)])
    access_code = StringField(_l("Code of the session"), validators=[Length(max=20)])
    networks = TextAreaField(_l("Only from these networks"), validators=[Length(max=2000)])
    one_seat = BooleanField(_l("One seat: moving to another one needs the invigilator"))
    notice = TextAreaField(_l("Notice to accept before the start"), validators=[Length(max=2000)])


class AssignForm(Form):
    """Assign people by staff number, separated by anything."""

    staff_numbers = TextAreaField(_l("Staff numbers"), validators=[Length(max=20_000), Optional()])
    unit_id = SelectField(_l("or a whole unit"), validators=[Optional()])
    due_at = DateTimeLocalField(_l("To be taken by"), format=INSTANT, validators=[Optional()])


class ExamForm(Form):
    """What an exam is, its blueprint apart."""

    code = StringField(
        _l("Code"), validators=[InputRequired(), Length(max=60), Regexp(
            r"^[a-z0-9]+(-[a-z0-9]+)*$", message=_l("Small letters and digits, with hyphens between them."))],
    )
    title = StringField(_l("Title of the exam"), validators=[InputRequired(), Length(max=120)])
    title_en = StringField(_l("English title"), validators=[Length(max=160)])
    purpose = SelectField(_l("Purpose of the exam"), choices=list(PURPOSES.items()), default=ExamPurpose.STAGE.value)
    duration_minutes = IntegerField(_l("Working time"), validators=[InputRequired(), NumberRange(1, 720)], default=60)
    pass_percent = IntegerField(_l("Pass mark"), validators=[InputRequired(), NumberRange(1, 100)], default=80)
    grace_seconds = IntegerField(_l("Network grace"), validators=[InputRequired(), NumberRange(0, 300)], default=10)
    shuffle_questions = BooleanField(_l("Shuffle the questions"), default=True)
    shuffle_options = BooleanField(_l("Shuffle the options"), default=True)
    forms = IntegerField(_l("Forms of equal difficulty"), validators=[Optional(), NumberRange(1, 8)], default=1)
    forms_seed = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(1, 1_000_000)], default=1)
    release_score = SelectField(SHOWN[Shown.SCORE], choices=list(RELEASES.items()))
    release_score_from = DateTimeLocalField(_l("From"), format=INSTANT, validators=[Optional()])
    release_answers = SelectField(SHOWN[Shown.ANSWERS], choices=list(RELEASES.items()))
    release_answers_from = DateTimeLocalField(_l("From"), format=INSTANT, validators=[Optional()])
    release_key = SelectField(SHOWN[Shown.KEY], choices=list(RELEASES.items()))
    release_key_from = DateTimeLocalField(_l("From"), format=INSTANT, validators=[Optional()])
    release_explanation = SelectField(SHOWN[Shown.EXPLANATION], choices=list(RELEASES.items()))
    release_explanation_from = DateTimeLocalField(_l("From"), format=INSTANT, validators=[Optional()])
    marking_double = BooleanField(_l("Two people mark every answer, without knowing of each other"))
    marking_gap = IntegerField(
        _l("Gap that calls a third"), validators=[InputRequired(), NumberRange(0, 100)], default=20
    )
    appeal_days = IntegerField(_l("Days to appeal"), validators=[InputRequired(), NumberRange(0, 60)], default=5)
    attempts = IntegerField(_l("Attempts in all"), validators=[InputRequired(), NumberRange(1, 10)], default=3)
    wait_days = IntegerField(_l("Days before a resit"), validators=[InputRequired(), NumberRange(0, 365)], default=1)
    retrain = BooleanField(_l("What failed must be relearnt before a resit"), default=True)
    other_paper = BooleanField(_l("A resit asks questions not seen before, as far as the bank allows"), default=True)
    cap_percent = IntegerField(_l("A resit counts at most"), validators=[Optional(), NumberRange(1, 100)])
    schedule = BooleanField(_l("Whoever may sit again is put into the exam's next session"), default=True)
    deadline_days = IntegerField(_l("A resit must begin within"), validators=[Optional(), NumberRange(1, 365)])


class AppealForm(Form):
    """Ask for another look at a question (its position), or at the whole sitting."""

    position = IntegerField(_l("Question number"), validators=[Optional(), NumberRange(1, 1000)])
    text = TextAreaField(_l("What should be looked at again, and why"), validators=[InputRequired(), Length(max=2000)])


class AppealDecisionForm(Form):
    """Decide about an appeal; the new marks of the questions stand beside them."""

    outcome = RadioField(_l("Decision"), choices=list(APPEAL_OUTCOMES.items()), validators=[InputRequired()])
    reason = TextAreaField(_l("Reason"), validators=[InputRequired(), Length(max=1000)])


class CorrectionForm(Form):
    """Propose what is to count in the place of a key."""

    edition_id = SelectField(_l("Edition that was sat"), validators=[InputRequired()])
    kind = RadioField(_l("What counts from now on"), choices=list(CORRECTIONS.items()), validators=[InputRequired()])
    corrected_id = SelectField(_l("Edition with the right key"), validators=[Optional()])
    reason = TextAreaField(_l("Reason"), validators=[InputRequired(), Length(max=1000)])


class CorrectionDecisionForm(Form):
    """Approve or reject a proposal; `seen` says which preview was looked at."""

    seen = HiddenField(validators=[Length(max=64)])
    reason = StringField(_l("Reason"), validators=[InputRequired(), Length(max=1000)])
