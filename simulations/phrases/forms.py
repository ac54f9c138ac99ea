"""The form that begins a phrase library."""

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from lms.kernel.i18n import _l
from lms.web.forms import Form


class LibraryForm(Form):
    """A library of one's own: its name, and the library whose text it begins with."""

    name = StringField(_l("Name of the library"), validators=[DataRequired(), Length(max=30)],
                       description=_l("Scripts cite it by this name, for instance 本单位短语."))
    like = SelectField(_l("Begin with the text of"), choices=[])
