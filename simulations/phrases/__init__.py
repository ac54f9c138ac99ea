"""An organisation's own phrase libraries: one trainer writes, another publishes, scripts cite them as `name@n`."""
