"""Files in and out: spreadsheets and GIFT, each turned into `records.Record`s that one checker judges."""
