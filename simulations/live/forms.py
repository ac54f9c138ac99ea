"""Forms of live calls."""

from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from lms.kernel.i18n import _l
from lms.web.forms import Form


class InvitationForm(Form):
    """Whom to call with which script."""

    code = SelectField(_l("Call script"), validators=[InputRequired()])
    learner = StringField(_l("Learner's staff number"), validators=[InputRequired(), Length(max=40)])
    observer = StringField(_l("Observer's staff number"), validators=[Optional(), Length(max=40)])
    purpose = RadioField(
        _l("Kind"), default="practice",
        choices=[("practice", _l("Practice, with hints")), ("exam", _l("For the record, no hints, one take"))],
    )
