"""What can be done with questions; one function a use case. Nothing here commits, or reads clock or request."""

from question_bank.services.authoring import (
    discard_draft,
    move_to_point,
    publish,
    restore,
    retire,
    revise,
    save_draft,
    send_back,
    submit_for_review,
)
from question_bank.services.codes import code_of
from question_bank.services.importing import (
    decide_row,
    discard_import,
    drop_errors,
    forget_stale_imports,
    repair_rows,
    reread_import,
    start_import,
)
from question_bank.services.labels import label_question, read_tags
from question_bank.services.loading import LoadReport, load_bundled
from question_bank.services.placing import put_under_point
from question_bank.services.points import add_point
from question_bank.services.staging import stage_import
from question_bank.services.undoing import UndoPlan, plan_undo, undo_import
from question_bank.services.writing import confirm_import

__all__ = [
    "LoadReport",
    "UndoPlan",
    "add_point",
    "code_of",
    "confirm_import",
    "decide_row",
    "discard_draft",
    "discard_import",
    "drop_errors",
    "forget_stale_imports",
    "label_question",
    "load_bundled",
    "move_to_point",
    "plan_undo",
    "publish",
    "put_under_point",
    "read_tags",
    "repair_rows",
    "reread_import",
    "restore",
    "retire",
    "revise",
    "save_draft",
    "send_back",
    "stage_import",
    "start_import",
    "submit_for_review",
    "undo_import",
]
