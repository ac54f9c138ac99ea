"""The living style page: every component in every state, drawn by the same macros that pages use."""

from flask.typing import ResponseReturnValue
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange

from lms.access.permissions import Permission
from lms.desk.views.blueprint import bp
from lms.kernel.i18n import _, _l
from lms.web import charts
from lms.web.forms import Form
from lms.web.guard import page, requires
from lms.web.tables import Column, Filter, Table, paginate_list


class SampleForm(Form):
    """One field of each kind."""

    title = StringField(_l("Course title"), [InputRequired(), Length(max=20)])
    pass_mark = IntegerField(_l("Pass mark"), [NumberRange(1, 100)])
    queue = SelectField(_l("Queue"), choices=[("gas", _l("Gas repair")), ("bill", _l("Billing"))])
    queues = SelectMultipleField(_l("Queues"), choices=[("gas", _l("Gas repair")), ("bill", _l("Billing"))])
    layout = RadioField(_l("Layout"), choices=[("one", _l("One question a page")), ("all", _l("All on one page"))])
    shuffle = BooleanField(_l("Shuffle the questions"))
    notes = TextAreaField(_l("Notes"))
    starts_on = DateField(_l("Starts on"))
    password = PasswordField(_l("Password"))
    file = FileField(_l("File"))


ROWS = (
    {"name": "陈雨桐", "staff_no": "3276", "state": "ok", "theory": 92, "call": 88},
    {"name": "林晓雯", "staff_no": "3204", "state": "soon", "theory": 71, "call": 76},
    {"name": "周岚", "staff_no": "3207", "state": "coach", "theory": 66, "call": 69},
    {"name": "王思远", "staff_no": "3210", "state": "waive", "theory": 88, "call": 91},
    {"name": "李佳怡", "staff_no": "3213", "state": "no", "theory": 90, "call": 82},
    {"name": "张浩然", "staff_no": "3216", "state": "stop", "theory": 58, "call": 64},
)
TABLE = Table(
    "style",
    (
        Column("name", _l("Full name"), always=True, sortable_in_lists=True),
        Column("staff_no", _l("Staff no"), sortable_in_lists=True),
        Column("state", _l("State")),
        Column("theory", _l("Theory"), numeric=True, sortable_in_lists=True),
        Column("call", _l("Simulated call"), numeric=True, sortable_in_lists=True, hidden=True),
    ),
    filters=(Filter("state", _l("Any state"), options=(("ok", _l("May go live")), ("no", _l("Not yet"))),
                    keeps=lambda row, value: bool(row["state"] == value)),),
    default_sort="staff_no", per_page=20, search_hint=_l("Name or staff number"), title=_l("Sample list"),
)
WEEKS = ("48", "49", "50", "51", "52", "1", "2", "3", "4", "5", "6", "7")
READY = (20, 23, 24, 24, 21, 22, 23, 19, 19, 20, 22, 23)
ENDING = (0, 2, 1, 0, 5, 0, 0, 4, 0, 0, 1, 0)


def sample_charts() -> list[charts.Chart]:
    """Return one chart of each kind."""
    scores = [("11-09", 58), ("", 64), ("11-12", 71), ("", 69), ("11-17", 82), ("", 85), ("11-20", 76), ("11-22", 88)]
    points = [(_("Service"), 96), (_("Emergency"), 92), (_("Complaints"), 74)]
    layers = [(_("May go live"), "in", READY), (_("Ending that week"), "soon", ENDING)]
    head = (_("Point"), _("Score"))
    return [
        charts.line(_("Simulated calls, last eight"), scores, limit=80, low=40, head=(_("Day"), _("Score")),
                    legend=[("bad", _("Below %(mark)s", mark=80))]),
        charts.bars(_("By knowledge point"), points, limit=80, limit_label=_("Pass mark %(mark)s", mark=80), head=head),
        charts.stacked(_("The next twelve weeks"), WEEKS, layers, limit=22,
                       limit_label=_("%(n)s needed", n=22), head=_("Week")),
    ]


@bp.route("/style", methods=["GET", "POST"])
@requires(Permission.STYLE_READ)
def style() -> ResponseReturnValue:
    """Show every component; sending the sample form shows its errors and saves nothing."""
    form = SampleForm()
    form.validate_on_submit()
    state = TABLE.state()
    return page("desk/style.html", form=form, state=state, rows=paginate_list(ROWS, state), charts=sample_charts())
