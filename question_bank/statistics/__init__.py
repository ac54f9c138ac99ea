"""Item and paper statistics of marked sittings. Pure, but for the table that keeps a question's figures for lists.

The figures are those of classical test theory as Moodle's quiz statistics define them; docs/policy/statistics.md says
what each one tells a trainer. Undefined (no spread, a single sitting) is None, never 0, and what is negative stays so.
"""
