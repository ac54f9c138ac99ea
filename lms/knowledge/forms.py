"""Forms of the knowledge base. They check shape; rules and services check meaning."""

import re
from uuid import UUID

from wtforms import DateField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from lms.kernel.i18n import _l
from lms.knowledge.rules import LONGEST_BODY, Wording
from lms.web.forms import Form


class TickedField(SelectMultipleField):
    """Several choices, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ArticleForm(Form):
    """The words of an article."""

    seen = HiddenField()
    title = StringField(_l("Title"), validators=[DataRequired(), Length(max=80)])
    title_en = StringField(_l("Title in English"), validators=[Length(max=120)])
    asked = TextAreaField(_l("As callers say it"), validators=[Length(max=2000)])
    body = TextAreaField(_l("Text"), validators=[Length(max=LONGEST_BODY)])
    summary_en = TextAreaField(_l("Summary in English"), validators=[Length(max=400)])
    origin = StringField(_l("What it rests on"), validators=[Length(max=200)])

    def wording(self) -> Wording:
        """Return the words as typed."""
        return Wording(*((self[name].data or "") for name in
                         ("title", "title_en", "summary_en", "asked", "body", "origin")))


class LabelsForm(Form):
    """What an article is sorted by, who answers for it, when it is looked at again."""

    product = SelectField(_l("Product"), coerce=str)
    queues = TickedField(_l("Queues"), coerce=str)
    points = StringField(_l("Knowledge points"), validators=[Length(max=1000), Regexp(
        r"^[a-z0-9/\- ,，、]*$", message=_l("Codes such as gas/dispatch, separated by spaces."))])
    owner = SelectField(_l("Owner"), coerce=str)
    review_on = DateField(_l("Look at it again by"), validators=[InputRequired()])

    def point_codes(self) -> list[str]:
        """Return the knowledge points typed in, each once, in order."""
        return list(dict.fromkeys(part for part in re.split(r"[\s,，、]+", self.points.data or "") if part))

    def owner_id(self) -> UUID | None:
        """Return the chosen owner."""
        return UUID(self.owner.data) if self.owner.data else None


class NewArticleForm(LabelsForm):
    """A new article: its title, address and labels; the text follows on the next page."""

    title = StringField(_l("Title"), validators=[DataRequired(), Length(max=80)])
    code = StringField(_l("Code"), validators=[DataRequired(), Length(max=40)],
                       description=_l("Part of the article's address; it never changes."))


class HandInForm(Form):
    """Hand a draft in."""

    changes = TextAreaField(_l("What is new"), validators=[Length(max=400)])


class RemarkForm(Form):
    """Send an article back."""

    remark = TextAreaField(_l("What should be changed"), validators=[DataRequired(), Length(max=400)])


class ReviewDayForm(Form):
    """When to look again."""

    review_on = DateField(_l("Look at it again by"), validators=[InputRequired()])


class FeedbackForm(Form):
    """What a reader says of an article."""

    verdict = HiddenField(validators=[Regexp("^(helpful|not_right)$")])
    comment = TextAreaField(_l("What is not right?"), validators=[Length(max=500)])


class AnswerForm(Form):
    """What was done about it."""

    answer = TextAreaField(_l("What was done about it"), validators=[DataRequired(), Length(max=500)])


class WithdrawForm(Form):
    """Take an article out."""

    reason = TextAreaField(_l("Reason"), validators=[DataRequired(), Length(max=400)])


class ProductForm(Form):
    """A further product."""

    name = StringField(_l("Name"), validators=[DataRequired(), Length(max=40)])
    name_en = StringField(_l("Name in English"), validators=[Length(max=60)])
