"""Write `routes.txt` anew: `python -m tests.access.regenerate`. Read the difference before committing it."""

from pathlib import Path
from tempfile import TemporaryDirectory

from lms.app import create_app
from lms.kernel.settings import Settings
from tests.access.table import FILE, table_of


def main() -> None:
    """Write the table of the application as it is."""
    with TemporaryDirectory() as folder:
        app = create_app(Settings(data_dir=Path(folder), testing=True, sample=True))
        with app.app_context():
            FILE.write_text(table_of(app), encoding="utf-8")
    print(f"{FILE}: {len(FILE.read_text(encoding='utf-8').splitlines())} lines")


if __name__ == "__main__":
    main()
