"""`make requirements`: the rows of docs/requirements.md that no passing test proves, as of the last test run."""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROW = re.compile(r"^\| ([A-Z]-\d\d) \| (.+) \|$")


def rows() -> dict[str, str]:
    """Every row of the list: its id and its text."""
    lines = (ROOT / "docs" / "requirements.md").read_text("utf-8").splitlines()
    return {found[1]: found[2] for line in lines if (found := ROW.match(line))}


def main() -> int:
    """Print the rows without proof; the exit status is 0 unless a test names a row that does not exist."""
    record = ROOT / "build" / "requirements.json"
    if not record.exists():
        print("No test run is recorded. Run make test first.")
        return 2
    outcomes: dict[str, dict[str, str]] = json.loads(record.read_text())
    known = rows()
    proved = {row for row, tests in outcomes.items() if set(tests.values()) == {"passed"}}
    for row, text in known.items():
        if row not in proved:
            state = "FAILED" if row in outcomes else "no test"
            print(f"{row}  {state:8} {text}")
    print(f"\n{len(proved & known.keys())} of {len(known)} rows are proved.")
    strange = sorted(outcomes.keys() - known.keys())
    if strange:
        print(f"Tests name rows that do not exist: {', '.join(strange)}")
    return 1 if strange else 0


if __name__ == "__main__":
    sys.exit(main())
