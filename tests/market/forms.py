"""A form as the browser has it: what it would send again."""

from html.parser import HTMLParser


class Form(HTMLParser):
    """The values of every control of a page, and the errors beside them, by name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.errors: dict[str, list[str]] = {}
        self._open = ""
        self._error = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a control, or the beginning of one, or of a list of errors."""
        given = {name: value or "" for name, value in attrs}
        if tag in {"textarea", "select"}:
            self._open = given["name"]
        elif tag == "option" and "selected" in given:
            self._add(self.values, self._open, given["value"])
        elif tag == "input" and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
            self._add(self.values, given["name"], given.get("value", ""))
        elif tag == "ul" and given.get("class") == "error":
            self._error = given["id"].removeprefix("id_").removesuffix("_error")

    def handle_endtag(self, tag: str) -> None:
        """Leave a control or a list of errors."""
        if tag in {"textarea", "select"}:
            self._open = ""
        elif tag == "ul":
            self._error = ""

    def handle_data(self, data: str) -> None:
        """The text of an area, or an error."""
        if self._error and data.strip():
            self._add(self.errors, self._error, data)
        elif self._open and self.lasttag == "textarea":
            self._add(self.values, self._open, data.removeprefix("\n"))

    @staticmethod
    def _add(into: dict[str, list[str]], name: str, value: str) -> None:
        into.setdefault(name, []).append(value)
