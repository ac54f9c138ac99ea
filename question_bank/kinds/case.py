"""Case analysis: one text, and two to ten questions about it.

Content: {"stem": the text, "explanation", "parts": [...]}; `compound` tells the rest.
Row: the text alone; each part has a row of its own.
"""

from __future__ import annotations

from question_bank.kinds.base import KindCode
from question_bank.kinds.compound import Compound


class Case(Compound):
    """One text, two to ten questions."""

    code = KindCode.CASE
    least, most = 2, 10
