"""Forms of simulated calls."""

from wtforms import SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.kernel.i18n import _l
from lms.web.forms import Form

SCRIPT_LIMIT = 60_000  # characters; the longest bundled script has some 6,000


class ReviewForm(Form):
    """An assessor's word; the outcome of each checkpoint comes beside it as `outcome-<id>`."""

    reason = TextAreaField(_l("Why you decide otherwise than the system"), validators=[Length(max=2000)])
    remark = TextAreaField(_l("A word to the learner"), validators=[Length(max=2000)])


class ScriptForm(Form):
    """A call script as text."""

    text = TextAreaField(_l("Call script"), validators=[InputRequired(), Length(max=SCRIPT_LIMIT)])
    keep = SubmitField(_l("Keep as a draft"))
