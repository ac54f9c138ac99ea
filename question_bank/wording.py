"""What rules and readers say in codes, said in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_pgettext

from lms.kernel.i18n import _, _l
from lms.web.spreadsheets.guard import UnreadableFile
from lms.web.spreadsheets.reading import why_unreadable

FIELD_NAMES: Mapping[str, Any] = {
    "": _l("Not used"),
    "kind": lazy_pgettext("questions", "Kind"),
    "stem": _l("Question"),
    "options": _l("Options in one cell"),
    **{f"option.{place}": _l("Option %(letter)s", letter="ABCDEFGHIJKL"[place]) for place in range(12)},
    "answer": _l("Right answer"),
    "explanation": _l("Explanation"),
    "point": _l("Knowledge point"),
    "difficulty": _l("Difficulty"),
    "points": _l("Marks"),
    "settings": _l("Settings"),
    "picture": _l("Picture"),
}
KIND_NAMES: Mapping[str, Any] = {
    "single": _l("Single choice"),
    "multiple": _l("Multiple choice"),
    "true_false": _l("True or false"),
    "blank": _l("Fill in"),
    "numeric": _l("Numeric"),
    "ordering": _l("Ordering"),
    "matching": _l("Matching"),
    "cloze": _l("Cloze"),
    "short": _l("Short answer"),
    "case": _l("Case analysis"),
    "audio": _l("Audio question"),
    "dictation": _l("Dictation"),
}
KIND_SIGNS: Mapping[str, Any] = {
    "single": lazy_pgettext("kind of question", "S"),
    "multiple": lazy_pgettext("kind of question", "M"),
    "true_false": lazy_pgettext("kind of question", "T"),
    "blank": lazy_pgettext("kind of question", "B"),
    "numeric": lazy_pgettext("kind of question", "N"),
    "ordering": lazy_pgettext("kind of question", "O"),
    "matching": lazy_pgettext("kind of question", "P"),
    "cloze": lazy_pgettext("kind of question", "C"),
    "short": lazy_pgettext("kind of question", "W"),
    "case": lazy_pgettext("kind of question", "A"),
    "audio": lazy_pgettext("kind of question", "L"),
    "dictation": lazy_pgettext("kind of question", "D"),
}
DIFFICULTY_NAMES: Mapping[str, Any] = {"easy": _l("Easy"), "medium": _l("Medium"), "hard": _l("Hard")}
STATE_NAMES: Mapping[str, Any] = {
    "draft": _l("Draft"),
    "review": _l("In review"),
    "published": _l("Published"),
    "superseded": _l("Superseded"),
    "retired": _l("Retired"),
}
SOURCE_NAMES: Mapping[str, Any] = {"bundled": _l("Bundled"), "own": _l("Own"), "imported": _l("Imported")}
VERDICT_NAMES: Mapping[str, Any] = {
    "error": _l("Has errors"),
    "duplicate": _l("Looks like a duplicate"),
    "notice": _l("Remark"),
    "fit": _l("Can be written"),
}
IMPORT_STATE_NAMES: Mapping[str, Any] = {
    "reading": _l("Being read"),
    "columns": _l("Columns to be set"),
    "staged": _l("To be checked"),
    "failed": _l("Could not be read"),
    "written": _l("Written"),
    "undone": _l("Withdrawn"),
    "discarded": _l("Given up"),
}
WHY_NAMES: Mapping[str, Any] = {
    "right": _l("Right"),
    "partly": _l("Partly right"),
    "wrong": _l("Wrong"),
    "unanswered": _l("Not answered"),
    "unreadable": _l("The answer can't be read"),
    "unit_missing": _l("The unit is missing"),
    "unit_wrong": _l("The unit is wrong"),
    "to_be_marked": _l("To be marked by a person"),
}
OUTLET_NAMES: Mapping[str, Any] = {
    "spreadsheet": _l("Spreadsheet (.xlsx)"),
    "gift": _l("GIFT (.gift)"),
    "aiken": _l("Aiken (.txt)"),
    "moodle": _l("Moodle XML (.xml)"),
    "qti": _l("QTI 2.1 package (.zip)"),
}
OUTLET_NOTES: Mapping[str, Any] = {
    "spreadsheet": _l(
        "Holds every kind and every setting; comes back unchanged. Pictures and recordings stay here and "
        "are named by their number."
    ),
    "gift": _l("A text that Moodle and its relatives read; comes back unchanged. Steps to be ordered go out as pairs."),
    "aiken": _l("The simplest text: question, options, the right letter. Explanations, points and settings are lost."),
    "moodle": _l("XML that Moodle reads, pictures included; comes back unchanged."),
    "qti": _l("A QTI 2.1 package for other learning systems, pictures included; comes back unchanged."),
}
_LEFT_OUT: Mapping[str, Any] = {
    "kind": _l("This form of file has no such kind of question."),
    "pictures": _l("Pictures and recordings can't travel in this form of file."),
    "lines": _l("Its text has several lines; this form has one line each."),
}
_TROUBLES: Mapping[str, Any] = {
    "stem_empty": _l("The question has no text."),
    "not_text": _l("This is not text."),
    "too_long": _l("%(length)s characters are too long: %(limit)s at most."),
    "strange_sign": _l("It contains a control character that no file can carry."),
    "options_missing": _l("There are no options."),
    "options_count": _l("%(count)s options; there must be %(least)s to %(most)s."),
    "options_ids": _l("The options are not in order."),
    "option_empty": _l("Option %(letter)s is empty."),
    "options_alike": _l("Option %(letter)s is the same as option %(other)s."),
    "key_missing": _l("No right answer is marked."),
    "key_beyond": _l("The right answer is not among the options."),
    "key_of_one": _l("Multiple choice, but only %(letter)s is right."),
    "rule_unknown": _l("The rule for incomplete answers is not known."),
    "blanks_count": _l("%(count)s blanks; there must be 1 to %(most)s."),
    "blanks_unlike_stem": _l("The text marks %(marked)s blanks, the answer gives %(given)s."),
    "blanks_alike": _l("Answers in any order need blanks whose first forms differ."),
    "blank_empty": _l("Blank %(number)s has no accepted answer."),
    "blank_forms": _l("Blank %(number)s has more than %(most)s accepted forms."),
    "pattern_unreadable": _l("Blank %(number)s: the pattern “%(pattern)s” can't be read."),
    "pattern_takes_all": _l("Blank %(number)s: the pattern “%(pattern)s” accepts even an empty answer."),
    "key_incomplete": _l("The right answer must name each line once."),
    "key_in_order": _l("The lines stand in the right order already; they must be kept in another one."),
    "left_count": _l("%(count)s left sides; there must be %(least)s to %(most)s."),
    "left_empty": _l("Left side %(number)s is empty."),
    "left_alike": _l("Left side %(number)s stands twice."),
    "pair_unreadable": _l("“%(pair)s” is no pair: write the left side, =, and the letter of an option."),
    "gaps_count": _l("%(count)s gaps; there must be 1 to %(most)s."),
    "gap_star": _l("Gap %(number)s: a text can't begin with a star."),
    "gap_key_missing": _l("Gap %(number)s: star exactly one choice as the right one."),
    "model_empty": _l("There is no model answer."),
    "most_out_of_range": _l("An answer may have 1 to %(most)s characters."),
    "rubric_count": _l("A marking guide has at most %(most)s lines."),
    "rubric_empty": _l("Line %(number)s of the marking guide is empty."),
    "rubric_percent": _l("Line %(number)s of the marking guide needs a percent from 1 to 100."),
    "rubric_sum": _l("The marking guide adds up to %(total)s %%; it must be 100."),
    "rubric_unreadable": _l("“%(line)s” has no percent in brackets at its end."),
    "parts_count": _l("%(count)s parts; there must be %(least)s to %(most)s."),
    "part_kind": _l("A part of this kind is not possible."),
    "part_weight": _l("The weight must be 1 to %(most)s."),
    "audio_missing": _l("There is no recording."),
    "recording_not_here": _l(
        "The recording %(recording)s… is not in this system. Add it to a question here first, or leave the row out."
    ),
    "plays_out_of_range": _l("A recording may be played 1 to %(most)s times; 0 means as often as wanted."),
    "part_without_case": _l("A part must stand below its case or audio question."),
    "fields_count": _l("%(count)s fields; there must be 1 to %(most)s."),
    "field_label": _l("Field %(number)s needs a label of its own."),
    "fields_unlike_labels": _l("%(labels)s labels, but %(given)s answers."),
    "value_not_number": _l("“%(value)s” is not a number."),
    "tolerance_not_number": _l("The tolerance “%(value)s” is not a number of 0 or more."),
    "tolerance_kind_unknown": _l("The tolerance is neither absolute nor in percent."),
    "unit_too_long": _l("A unit has at most %(limit)s characters."),
    "unit_rule_unknown": _l("The rule for units is not known."),
    "unit_required_but_none": _l("The unit must be written, but none is given."),
    "answer_missing": _l("There is no answer."),
    "answer_unreadable": _l("The answer “%(answer)s” is not made of option letters."),
    "answer_beyond": _l("The answer says “%(letter)s”, but the options end at %(last)s."),
    "answer_not_truth": _l("The answer “%(answer)s” is neither right nor wrong."),
    "answer_not_number": _l("The answer “%(answer)s” is not a number."),
    "single_with_many": _l("Single choice, but the answer names several: “%(answer)s”."),
    "kind_missing": _l("The kind is not given and can't be told from the answer."),
    "kind_guessed": _l("The kind is not given; it reads like “%(kind_name)s”."),
    "kind_unknown": _l("The kind “%(kind)s” is not known."),
    "kind_unknown_near": _l("The kind “%(kind)s” is not known. Is it “%(near)s”?"),
    "kind_not_supported": _l("Questions of the kind “%(kind)s” can't be asked here."),
    "difficulty_unknown": _l("The difficulty “%(difficulty)s” is not known."),
    "points_not_number": _l("The marks “%(points)s” are not a number."),
    "points_out_of_range": _l("%(points)s marks; there must be 0.01 to %(most)s."),
    "point_near": _l("The bank has no knowledge point “%(point)s”; the nearest is “%(near)s”."),
    "point_unknown": _l("The bank has no knowledge point “%(point)s”; the question stays without one."),
    "settings_unknown": _l("These settings mean nothing here: %(words)s"),
    "picture_left_out": _l("The picture is not taken over."),
    "phone_looks_real": _l("This looks like a real mobile number: %(phone)s. Examples should be invented."),
    "cell_too_long": _l("The cell holds %(length)s characters; only %(limit)s are read."),
    "gift_without_answer": _l("No braces with answers follow; a description is not a question."),
    "gift_brace_open": _l("The brace opened here is never closed."),
    "gift_stray_text": _l("“%(text)s” stands before the first = or ~."),
    "gift_weights": _l("The answers are weighted; only fully right ones are kept as right."),
    "gift_numbers": _l("Several numbers are accepted; only the first is kept."),
    "aiken_without_answer": _l("No line ANSWER: follows."),
    "foreign_kind": _l("Questions of the kind “%(kind)s” of other systems can't be taken over."),
    "foreign_gap": _l("The gap “%(gap)s” can't be read."),
    "foreign_pairs": _l("Each left side must go with exactly one right side."),
    "table_as_lines": _l("The table becomes lines of text."),
    "star_as_letter": _l("A star stood for any text there; here it is a star. Use a pattern instead."),
    "gift_edited": _l("The answers were edited after the export; its extra settings are not used."),
    "like_bank": _l("%(percent)s %% the same as %(code)s"),
    "same_bank": _l("The same text as %(code)s"),
    "like_row": _l("%(percent)s %% the same as row %(row)s of this file"),
    "same_row": _l("The same text as row %(row)s of this file"),
    "no_rows": _l("There is no question below the header."),
    "gift_without_questions": _l("No GIFT question was found: each needs answers in braces { }."),
    "text_without_questions": _l("No question was found in the text: number them 1. 2. 3. and give each an answer."),
    "xml_declares": _l("The file declares a document type or entities; such files are not opened."),
    "xml_broken": _l("The XML is damaged near line %(line)s."),
    "xml_other_kind": _l("This is XML, but no Moodle question file."),
    "xml_without_questions": _l("There is no question in the file."),
    "qti_without_items": _l("There is no question in the package."),
    "archive_broken": _l("The package is damaged. Export it again and choose the new file."),
    "archive_bomb": _l("The package unpacks to more than %(limit_mb)s MB; it is not opened."),
    "archive_path": _l("A file of the package wants to be written outside of it (%(name)s); it is not opened."),
    "archive_locked": _l("The package is locked or packed in an unusual way; it is not opened."),
    "columns_missing": _l("No column holds: %(names)s. Say which one does."),
}
_REFUSALS: Mapping[str, Any] = {
    "no_draft": _l("There is no draft of this question."),
    "no_point": _l("Choose a knowledge point first."),
    "no_such_point": _l("There is no such knowledge point."),
    "not_in_review": _l("Nothing of this question is in review."),
    "own_work": _l("A second person publishes: whoever wrote or submitted it can't."),
    "retired": _l("The question is retired. Restore it first."),
    "bundled": _l("Bundled questions are not edited. Make a copy and edit that."),
    "changed_meanwhile": _l(
        "Somebody has changed this question meanwhile. Load it again; your text is still in the fields."
    ),
    "no_successor": _l("Choose another question that is in use to replace it."),
    "too_many_tags": _l("A question has at most ten tags."),
    "no_such_post": _l("There is no such post."),
    "point_code_bad": _l("Use small letters, digits and hyphens, beginning with a letter."),
    "point_code_taken": _l("This code is already in use."),
    "point_name_empty": _l("Give it a name."),
    "row_has_errors": _l("A row with errors can't be written. Repair it or leave it out."),
    "like_nothing": _l("This row resembles no question of the bank."),
    "other_kind": _l("A next edition must be of the same kind as the question."),
    "has_draft": _l("The question already has a draft."),
    "import_not_open": _l("This import has already been written, taken back or given up."),
    "nothing_to_write": _l("No row is left to be written."),
    "bank_changed": _l("Somebody has meanwhile written a question of this file. Check the file again."),
    "undo_over": _l("This import can't be taken back any more: 24 hours have passed, or it was never written."),
}


def say_where(code: str, detail: Mapping[str, Any] | None = None) -> str:
    """Say a flaw or trouble in one sentence."""
    values = dict(detail or {})
    if code == "kind_guessed":
        values["kind_name"] = KIND_NAMES.get(str(values.get("kind")), "")
    if code == "kind_unknown" and values.get("near"):
        code = "kind_unknown_near"
    if code == "columns_missing":
        values["names"] = "、".join(str(FIELD_NAMES[name]) for name in values.get("missing", ()))
    sentence = _TROUBLES.get(code)
    if sentence is None:
        return why_unreadable(UnreadableFile(code, **values))
    try:
        said = str(sentence) % values
    except (KeyError, ValueError):
        said = str(sentence)
    return str(_("Part %(number)s: %(said)s", number=values["part"], said=said)) if "part" in values else said


def say_refusal(code: str) -> str:
    """Say why something was refused."""
    return str(_REFUSALS.get(code, code))


def say_likeness(percent: int, code: str | None, row: int | None) -> str:
    """Say what a row resembles."""
    name = f"{'same' if percent == 100 else 'like'}_{'bank' if code else 'row'}"
    return say_where(name, {"percent": percent, "code": code, "row": row})


def say_fix(field: str, value: str) -> str:
    """Say what a repair would do."""
    return str(_("%(field)s: %(value)s", field=FIELD_NAMES[field], value=value))


def say_left_out(code: str) -> str:
    """Return why a question can't go out in a form of file."""
    return str(_LEFT_OUT[code])
