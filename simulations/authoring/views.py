"""Pages for authors of call scripts: the editor and what it asks, tables, tests, bench, changes, replies."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.i18n import _
from lms.web.guard import current_identity, page, request_time, requires, wants_json
from lms.web.posted import posted, whole_number
from lms.web.tables import paginate
from simulations import compile_script, load_checkpoint_sets
from simulations.analysis.bench import bench, likeliest
from simulations.analysis.changes import changes
from simulations.analysis.fixes import apply, fix_for, mended
from simulations.analysis.inserting import with_set
from simulations.analysis.personas import Persona, play_as
from simulations.analysis.reach import reachable_marks
from simulations.analysis.tables import TABLES, Row, rewritten, tables_of
from simulations.analysis.walks import quick_test, random_test
from simulations.authoring import queries, services
from simulations.authoring.checking import Checked, check
from simulations.authoring.models import DraftVersion, ReplyVerdict, ScriptDraft
from simulations.lists import DRAFTS
from simulations.phrases.queries import citable, newer_than, recited
from simulations.presentation import localised
from simulations.queries import compiled
from simulations.script.diagnostics import Findings
from simulations.script.settings import read_settings
from simulations.script.vocabulary import FORBIDDEN_PHRASE, name_key

bp = Blueprint("authoring", __name__, url_prefix="/calls/drafts")
MOST_WALKS = 500
EVERY = "*"  # in place of a finding's code: all that can be mended
NEW_ROWS = 3


@bp.get("/")
@requires(Permission.SCRIPT_WRITE)
def index() -> ResponseReturnValue:
    """Every draft, and where to begin one."""
    table = DRAFTS.state(request.args)
    return page("calls/drafts.html", state=table, drafts=paginate(reading(), queries.drafts(), table),
                waiting=queries.count_unmatched(reading()))


@bp.post("/")
@requires(Permission.SCRIPT_WRITE)
def begin() -> ResponseReturnValue:
    """Begin a draft: an edition's next one, a new script like it, or one from the short script that works."""
    base = request.form.get("edition", type=UUID)
    with unit_of_work() as session:
        begin = services.begin_like if request.form.get("like") else services.begin_draft
        draft = begin(session, base, by=current_identity(), now=request_time())
    return redirect(url_for(".edit", draft_id=draft.id))


@bp.get("/<uuid:draft_id>")
@requires(Permission.SCRIPT_WRITE)
def edit(draft_id: UUID) -> ResponseReturnValue:
    """The editor."""
    draft = _draft(draft_id)
    checked = _checked(draft, draft.text)
    return page("calls/editor.html", checked=checked, sets=load_checkpoint_sets(), newer=_newer(checked),
                cited=queries.cited_phrases(reading(), draft, checked.tree), **_shared(draft, "edit"))


@bp.post("/<uuid:draft_id>")
@requires(Permission.SCRIPT_WRITE)
def keep(draft_id: UUID) -> ResponseReturnValue:
    """Keep the text as it stands; the editor sends JSON, a browser without scripts a form."""
    body = posted()
    with unit_of_work() as session:
        draft = services.keep_draft(session, draft_id, str(body.get("text", "")), known=whole_number(body.get("known")),
                                    by=current_identity(), now=request_time())
    if wants_json():
        return {"number": draft.number, "title": draft.title, "code": draft.code}
    flash(_("Kept as version %(n)s.", n=draft.number), "ok")
    return redirect(url_for(".edit", draft_id=draft_id))


@bp.post("/<uuid:draft_id>/recite")
@requires(Permission.SCRIPT_WRITE)
def recite(draft_id: UUID) -> ResponseReturnValue:
    """Cite a newer edition of a phrase library; it becomes a new version of the draft."""
    draft, old = _draft(draft_id), request.form.get("old", "")
    new = _newer(_checked(draft, draft.text)).get(old)
    if new is None:  # the page is older than the draft: it cites another edition by now
        raise Conflict("draft.recited", _("This draft doesn't cite that edition any more. Load the page anew."))
    text = recited(draft.text, old, new)
    with unit_of_work() as session:
        services.keep_draft(session, draft_id, text, known=draft.number, by=current_identity(), now=request_time())
    flash(_("Written into the script."), "ok")
    return redirect(url_for(".edit", draft_id=draft_id))


@bp.post("/<uuid:draft_id>/check")
@requires(Permission.SCRIPT_WRITE)
def check_text(draft_id: UUID) -> ResponseReturnValue:
    """What is wrong with a text that is being typed, and its graph; nothing is kept."""
    draft = _draft(draft_id)
    checked = _checked(draft, str(posted().get("text", ""))[: services.TEXT_LIMIT])
    return {"findings": page("calls/findings.html", checked=checked, draft=draft), "graph": str(checked.drawing),
            "marks": [[d.line, d.column, d.end_column, d.severity.value] for d in checked.diagnostics],
            "errors": len(checked.errors), "warnings": len(checked.warnings)}


@bp.post("/<uuid:draft_id>/fix")
@requires(Permission.SCRIPT_WRITE)
def mend(draft_id: UUID) -> ResponseReturnValue:
    """The text after one proposed fix; nothing is kept."""
    body, draft = posted(), _draft(draft_id)
    text = str(body.get("text", draft.text))[: services.TEXT_LIMIT]
    checked = _checked(draft, text)
    if body.get("code") == EVERY:
        libraries = queries.libraries_for(reading(), queries.base_of(reading(), draft))
        return {"text": mended(text, lambda it: compile_script(it, libraries))}
    wanted = (str(body.get("code")), whole_number(body.get("line")), whole_number(body.get("column")))
    found = next((d for d in checked.diagnostics if (d.code, d.line, d.column) == wanted), None)
    fix = fix_for(found, text, checked.tree) if found else None
    return {"text": apply(fix, text) if fix else text}


@bp.post("/<uuid:draft_id>/sets")
@requires(Permission.SCRIPT_WRITE)
def insert_set(draft_id: UUID) -> ResponseReturnValue:
    """The text with a ready-made checkpoint set, and the line of the first checkpoint; nothing is kept."""
    body, draft = posted(), _draft(draft_id)
    ready = load_checkpoint_sets().get(str(body.get("set")))
    if ready is None:
        raise NotFound
    text = with_set(str(body.get("text", draft.text))[: services.TEXT_LIMIT], ready)
    return {"text": text, "line": min(it.place.line for it in _checked(draft, text).tree.checks)}


@bp.route("/<uuid:draft_id>/tables/<any(headers, facts, fields, phrases, checks):table>", methods=["GET", "POST"])
@requires(Permission.SCRIPT_WRITE)
def form(draft_id: UUID, table: str) -> ResponseReturnValue:
    """The same text as tables."""
    draft = _draft(draft_id)
    checked = _checked(draft, draft.text)
    tree = checked.tree
    if request.method == "POST":
        rows = _rows(len(_COLUMNS[table]))
        text = rewritten(draft.text, tree, table, rows)
        with unit_of_work() as session:
            services.keep_draft(session, draft_id, text, known=whole_number(request.form.get("known")),
                                by=current_identity(), now=request_time())
        flash(_("Written into the script."), "ok")
        return redirect(url_for(".form", draft_id=draft_id, table=table))
    return page("calls/tables.html", table=table, unread=checked.unread_in(TABLES[table]),
                points=f"{sum(c.points for c in tree.checks) / 100:g}", columns=_COLUMNS[table], names=list(TABLES),
                rows=[*tables_of(tree)[table], *[Row(0, ("",) * len(_COLUMNS[table]))] * NEW_ROWS],
                **_shared(draft, "tables"))


@bp.get("/<uuid:draft_id>/tests")
@requires(Permission.SCRIPT_WRITE)
def tests(draft_id: UUID) -> ResponseReturnValue:
    """Every branch once, random walks, reachable marks, and four learners."""
    draft = _draft(draft_id)
    script = _checked(draft, draft.text).script
    seed, walks = request.args.get("seed", 1, int), min(max(request.args.get("walks", 100, int), 1), MOST_WALKS)
    persona = next((p for p in Persona if p.value == request.args.get("as")), Persona.PERFECT)
    shown: dict[str, Any] = {} if script is None else {
        "quick": quick_test(script), "long": random_test(script, walks=walks, seed=seed),
        "reach": reachable_marks(script), "played": play_as(script, persona),
    }
    return page("calls/tests.html", script=script, seed=seed, walks=walks, persona=persona, personas=list(Persona),
                lines=draft.text.splitlines(), **shown, **_shared(draft, "tests"))


@bp.route("/<uuid:draft_id>/bench", methods=["GET", "POST"])
@requires(Permission.SCRIPT_WRITE)
def try_phrases(draft_id: UUID) -> ResponseReturnValue:
    """Paste replies and see which phrases hear them, and why the others don't; one may be taught what it missed."""
    if request.form.get("teach"):
        _teach(draft_id, request.form["teach"])
    draft = _draft(draft_id)
    script = _checked(draft, draft.text).script
    replies = request.form.get("replies", "")
    phrase, node = name_key(request.form.get("phrase", "")), name_key(request.form.get("node", ""))
    rows = bench(script, replies, phrase=phrase, node=node) if script and replies.strip() else None
    return page("calls/bench.html", script=script, own=script.tree.phrases if script else (), likely=likeliest,
                replies=replies, phrase=phrase, node=node, rows=rows, say=localised(), **_shared(draft, "bench"))


@bp.get("/<uuid:draft_id>/changes")
@requires(Permission.SCRIPT_WRITE)
def compare(draft_id: UUID) -> ResponseReturnValue:
    """What a learner or a score would notice against the published edition, and the kept versions."""
    draft = _draft(draft_id)
    base, script = queries.base_of(reading(), draft), _checked(draft, draft.text).script
    found = changes(compiled(base), script) if base and script else None
    return page("calls/changes.html", base=base, script=script, changes=found,
                versions=queries.versions_of(reading(), draft_id), **_shared(draft, "changes"))


@bp.post("/<uuid:draft_id>/versions/<int:number>")
@requires(Permission.SCRIPT_WRITE)
def take_back(draft_id: UUID, number: int) -> ResponseReturnValue:
    """Take an earlier version up again; it becomes the newest one."""
    with unit_of_work() as session:
        version = session.get(DraftVersion, (draft_id, number))
        if version is None:
            raise NotFound
        known = session.get_one(ScriptDraft, draft_id).number
        services.keep_draft(session, draft_id, version.text, known=known, by=current_identity(), now=request_time())
    flash(_("Version %(n)s is the text again.", n=number), "ok")
    return redirect(url_for(".edit", draft_id=draft_id))


@bp.post("/<uuid:draft_id>/send")
@requires(Permission.SCRIPT_WRITE)
def send(draft_id: UUID) -> ResponseReturnValue:
    """Send it to review; a second person publishes it."""
    try:
        with unit_of_work() as session:
            edition = services.send_draft(session, draft_id, by=current_identity(), now=request_time())
    except Invalid:
        flash(_("The script still has errors; they stand beside the text."), "no")
        return redirect(url_for(".edit", draft_id=draft_id))
    flash(_("Sent. Somebody who did not write on it can publish it now."), "ok")
    return redirect(url_for("calls.script", edition_id=edition.id))


@bp.get("/replies")
@requires(Permission.SCRIPT_WRITE)
def replies() -> ResponseReturnValue:
    """Real replies that nothing heard."""
    found = queries.unmatched(reading(), request.args.get("code", ""))
    codes = {line.code for line in found}
    drafts = queries.newest_drafts(reading(), codes)
    phrases = {code: sorted(script.phrases) for code, draft in drafts.items()
               if (script := _checked(draft, draft.text).script)}
    return page("calls/replies.html", replies=found, drafts=drafts, phrases=phrases, forbidden=FORBIDDEN_PHRASE,
                total=queries.count_unmatched(reading(), request.args.get("code", "")),
                editions=queries.newest_published(reading(), codes))


@bp.post("/replies/<uuid:reply_id>")
@requires(Permission.SCRIPT_WRITE)
def decide_reply(reply_id: UUID) -> ResponseReturnValue:
    """Make a reply an example, or put it aside; plain polite talk is an example of what is not rude."""
    given, phrase = request.form.get("verdict"), request.form.get("phrase", "")
    verdict = next((v for v in ReplyVerdict if v.value == given), ReplyVerdict.DISMISSED)
    if given == "polite":
        verdict, phrase = ReplyVerdict.NEGATIVE, FORBIDDEN_PHRASE
    with unit_of_work() as session:
        draft = services.decide_reply(
            session, reply_id, verdict, phrase=phrase,
            draft_id=request.form.get("draft", type=UUID), by=current_identity(), now=request_time())
    flash(_("Written into the draft as an example.") if draft else _("Put aside."), "ok")
    return redirect(url_for(".replies"))


_COLUMNS = {
    "headers": ("key", "value"),
    "facts": ("name", "value"),
    "fields": ("name", "kind", "options", "answer"),
    "phrases": ("name", "pattern"),
    "checks": ("id", "title", "dimension", "points", "condition", "mark"),
}


def _draft(draft_id: UUID) -> ScriptDraft:
    draft = reading().get(ScriptDraft, draft_id)
    if draft is None:
        raise NotFound
    return draft


def _checked(draft: ScriptDraft, text: str) -> Checked:
    base = queries.base_of(reading(), draft)
    calls, traffic = queries.traffic_of(reading(), base.id if base else None)
    return check(text, queries.libraries_for(reading(), base), traffic=traffic, calls=calls)


def _teach(draft_id: UUID, at: str) -> None:
    """Teach a phrase the reply of row `at`, and say what came of it."""
    phrase, reply = request.form.get(f"as-{at}", ""), request.form.get(f"reply-{at}", "")
    try:
        with unit_of_work() as session:
            services.teach(session, draft_id, phrase, reply, by=current_identity(), now=request_time())
    except Invalid as refused:
        flash(refused.problems[0].text, "no")
    else:
        flash(_("“%(phrase)s” hears it now; it stands in the script as an example.", phrase=phrase), "ok")


def _newer(checked: Checked) -> dict[str, str]:
    return newer_than(read_settings(checked.tree, Findings()).references, citable(reading()))


def _shared(draft: ScriptDraft, tab: str) -> dict[str, Any]:
    return {"draft": draft, "tab": tab}


def _rows(width: int) -> list[Row]:
    """Read the rows of a posted table: `line` and `c0` .. of each, in order; a ticked `drop` leaves one out."""
    dropped = set(request.form.getlist("drop"))
    columns = [request.form.getlist(f"c{i}") for i in range(width)]
    lines = request.form.getlist("line")
    if any(len(column) != len(lines) for column in columns):
        raise Invalid([])
    return [Row(whole_number(line), tuple(cell.strip() for cell in cells))
            for line, *cells in zip(lines, *columns, strict=True) if line == "0" or line not in dropped]
