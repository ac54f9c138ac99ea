"""Pure decisions about certificates and the floor: no database, no clock, no text for people."""
