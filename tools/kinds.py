"""Write the table of event kinds into docs/ledger.md from what the rooms declare."""

from pathlib import Path

from fairboard.kit import startup
from fairboard.ledger import kinds

PAGE = Path(__file__).parent.parent / "docs" / "ledger.md"


def main() -> None:
    """The text of the page stays; its table is made anew."""
    startup.start()
    text = PAGE.read_text()
    head = text[: text.index("| kind | when |")]
    rows = [f"| `{kind}` | {sentence} |" for kind, sentence in kinds.all_kinds().items()]
    PAGE.write_text(head + "\n".join(["| kind | when |", "| --- | --- |", *rows]) + "\n")


if __name__ == "__main__":
    main()
