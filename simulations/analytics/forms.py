"""Forms of analytics."""

from wtforms import TextAreaField
from wtforms.validators import Length

from lms.kernel.i18n import _l
from lms.web.forms import Form


class BlindForm(Form):
    """A blind marker's word; the outcome of each checkpoint comes beside it as `outcome-<id>`."""

    remark = TextAreaField(_l("What the system should hear better"), validators=[Length(max=2000)])
