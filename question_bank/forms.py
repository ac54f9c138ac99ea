"""Forms: shape only; what a question means is checked by its kind."""

from wtforms import BooleanField, FileField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.kernel.i18n import _l
from lms.web.forms import Form


class ConfirmForm(Form):
    """Nothing but the token."""


class RetireForm(Form):
    """Which question takes the place of a retired one, if any."""

    replaced_by = StringField(_l("Number of the question that replaces it, if any"), [Length(max=20)])


class SendBackForm(Form):
    """Why a review goes back."""

    note = TextAreaField(_l("What should change"), [InputRequired(), Length(max=500)])


class UploadForm(Form):
    """A file of questions."""

    file = FileField(_l("File"))


class PasteForm(Form):
    """A paper as text."""

    text = TextAreaField(_l("Text of the paper"), [InputRequired(), Length(max=150_000)])


class WriteForm(Form):
    """The last step of an import."""

    submit = BooleanField(_l("Hand them in for review at once"))


class PointForm(Form):
    """A knowledge point of the organisation's own."""

    parent = SelectField(_l("Subject"), choices=[("", _l("A new subject"))])
    slug = StringField(_l("Code"), [InputRequired(), Length(max=29)])
    name = StringField(_l("Name of the point"), [InputRequired(), Length(max=60)])
    name_en = StringField(_l("English name"), [Length(max=80)])
