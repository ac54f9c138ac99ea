"""Pure rules of people: what a spreadsheet says, what it would change, who may grant what, when a name is locked."""
