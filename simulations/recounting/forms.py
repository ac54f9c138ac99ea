"""Forms of second looks."""

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.kernel.i18n import _l
from lms.records.appeals import AppealOutcome
from lms.web.forms import Form


class CorrectionForm(Form):
    """Propose another edition's rubric."""

    edition_id = SelectField(_l("Edition that was played"), validators=[InputRequired()])
    corrected_id = SelectField(_l("Edition with the right rubric"), validators=[InputRequired()])
    reason = TextAreaField(_l("Reason"), validators=[InputRequired(), Length(max=1000)])


class DecisionForm(Form):
    """Approve or reject a proposal; `seen` says which preview was looked at."""

    seen = HiddenField(validators=[Length(max=64)])
    reason = StringField(_l("Reason"), validators=[InputRequired(), Length(max=1000)])


class AppealForm(Form):
    """Ask for another look at a call."""

    text = TextAreaField(_l("What should be looked at again, and why"), validators=[InputRequired(), Length(max=2000)])


class AppealDecisionForm(Form):
    """Decide about an appeal; the outcome of each checkpoint comes beside it as `outcome-<id>`."""

    outcome = RadioField(_l("Decision"), validators=[InputRequired()], choices=[
        (AppealOutcome.UPHELD.value, _l("upheld")), (AppealOutcome.REJECTED.value, _l("rejected"))])
    reason = TextAreaField(_l("Reason"), validators=[InputRequired(), Length(max=1000)])
