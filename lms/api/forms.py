"""The form that makes a key."""

from wtforms import BooleanField, DateField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.kernel.i18n import _l
from lms.web.forms import Form


class TickedField(SelectMultipleField):
    """Several of a few choices, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class KeyForm(Form):
    """A key for a machine."""

    name = StringField(_l("Name of the key"), validators=[DataRequired(), Length(max=80)],
                       description=_l("Which system asks, e.g. the call distributor of the Hangzhou site."))
    queues = TickedField(_l("Queues it may ask about"))
    all_queues = BooleanField(_l("All queues, also those to come"))
    expires_on = DateField(_l("Good through"), validators=[Optional()], description=_l("Empty: it doesn't expire."))
