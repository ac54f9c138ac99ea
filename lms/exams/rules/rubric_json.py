"""Rubrics as they are stored with an edition."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from lms.exams.rules.rubric import Criterion, Dimension, FailAll, Level, Rubric


def rubric_from_json(stored: Mapping[str, Any]) -> Rubric:
    """Read a stored rubric. Raises KeyError, TypeError or ValueError when it isn't one."""
    criteria = tuple(
        Criterion(
            it["code"], it["title"], it.get("note", ""), Dimension(it["dimension"]), it["marks"],
            tuple(Level(**level) for level in it["levels"]),
        )
        for it in stored["criteria"]
    )
    fail_all = tuple(FailAll(**it) for it in stored["fail_all"])
    return Rubric(criteria, fail_all, stored["pass_percent"], tuple(stored.get("remarks", ())))


def rubric_to_json(rubric: Rubric) -> dict[str, Any]:
    """Write a rubric as it is stored."""
    return {
        "criteria": [{**asdict(it), "dimension": it.dimension.value} for it in rubric.criteria],
        "fail_all": [asdict(it) for it in rubric.fail_all],
        "pass_percent": rubric.pass_percent,
        "remarks": list(rubric.remarks),
    }
