"""Forms of the case library."""

from wtforms import BooleanField, SubmitField, TextAreaField
from wtforms.validators import Length

from lms.kernel.i18n import _l
from lms.web.forms import Form


class OfferForm(Form):
    """An operator's consent."""

    named = BooleanField(_l("My name may stand beside it"))


class DecisionForm(Form):
    """A trainer's word on an offered call."""

    note = TextAreaField(_l("What to learn from it"), validators=[Length(max=1000)])
    approve = SubmitField(_l("Take into the library"))
    decline = SubmitField(_l("Decline"))
