"""Reading: short ways give what field types give, and no file, however odd, breaks the reader."""

# ruff: noqa: E501
import csv
import io
import tempfile
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairboard.crm.importing import files, guessing, reading
from fairboard.crm.importing.columns import Bad, Column, ColumnPlan, reader_of, salesforce_id, value_of
from fairboard.fields import Choice, FieldError, FieldSpec

CHOICES = (Choice("web", "Website"), Choice("event", "Event"))
SPECS = [
    FieldSpec("f", "F", kind, choices=CHOICES if "choice" in kind else (), max_length=20, decimals=decimals, unit=unit)
    for kind in ("text", "longtext", "email", "phone", "number", "money", "date", "datetime", "yesno", "choice", "link",
                 "multichoice", "time")
    for decimals in ((0, 2) if kind == "number" else (0,))
    for unit in (("", "DE") if kind == "phone" else ("",))
]  # fmt: skip
COUNTRIES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
PHONES = st.builds(
    lambda code, digits, gap: f"+{code}{gap}{gap.join(digits)}", st.sampled_from(COUNTRIES),
    st.lists(st.text("0123456789", min_size=1, max_size=5), min_size=1, max_size=4), st.sampled_from(["", " ", "-", "."]),
)  # fmt: skip
CELLS = st.one_of(
    st.text(max_size=30), PHONES, st.from_regex(r"[ ]?[a-zA-Z.]{1,9}@[a-z]{1,5}\.[a-z]{2,3}[ ]?", fullmatch=True),
    st.integers().map(str), st.floats().map(str), st.dates().map(str), st.datetimes().map(str), st.integers(),
    st.floats(), st.booleans(), st.none(), st.sampled_from(["yes", "NEIN", "Website", "web", " ", "1.200,50", "0", "-5"]),
    st.text(" +-.()0123456789", max_size=18),
)  # fmt: skip


def long_way(raw: Any, spec: FieldSpec) -> Any:
    try:
        return value_of(raw, spec)
    except FieldError as error:
        return ("bad", error.message, error.values)


def plain(value: Any) -> Any:
    return ("bad", value.message, value.values) if isinstance(value, Bad) else value


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: f"{spec.type}-{spec.decimals}-{spec.unit}")
@settings(max_examples=120, deadline=None)
@given(cells=st.lists(CELLS, min_size=1, max_size=12))
def test_a_column_reads_as_its_field_type_does(spec: FieldSpec, cells: list[Any]) -> None:
    column = Column(ColumnPlan(0, "F", "f", spec))
    for part in (cells, cells[::-1], [str(one) for one in cells] * 30):
        values, has_bad = column.values(part)
        expected = [long_way(raw, spec) for raw in part]
        assert [(type(one), plain(one)) for one in values] == [
            (Bad if isinstance(one, tuple) and one[:1] == ("bad",) else type(one), one) for one in expected
        ]
        assert has_bad == any(isinstance(one, Bad) for one in values)


@settings(max_examples=400, deadline=None)
@given(PHONES)
def test_phone_numbers_of_every_country(number: str) -> None:
    spec = FieldSpec("f", "F", "phone")
    assert plain(reader_of(ColumnPlan(0, "F", "f", spec))(number)) == long_way(number, spec)


ODD = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00\ufeff"), max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(ODD, min_size=3, max_size=3), min_size=1, max_size=12),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), delimiter=st.sampled_from(",;\t|"),
)  # fmt: skip
def test_what_was_written_is_read(rows: list[list[str]], encoding: str, delimiter: str) -> None:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(stream.getvalue().encode(encoding))
        layout = files.layout_of(path)
        assert layout.delimiter == delimiter
        found = [row.cells for row in files.rows_of(path, layout)][1:]
        # A line end within quotes is kept as it was written; an empty row is left out.
        assert found == [row for row in rows if any(row)]


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=1, max_size=400))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(raw)
        try:
            layout = files.layout_of(path)
            rows = list(files.rows_of(path, layout))
            if rows:
                headings = files.headings_of(rows[0].cells)
                assert len(set(headings)) == len(headings)
                plans = tuple(ColumnPlan(at, one, f"f{at}", FieldSpec(f"f{at}", one, "text"))
                              for at, one in enumerate(headings))  # fmt: skip
                job = reading.Job(str(path), layout, plans, ("f0",), as_json=True, size=2)
                for chunk in reading.chunks(job):
                    assert len(chunk.data) == len(chunk.numbers)
        except FieldError:
            pass


@pytest.mark.parametrize(
    ("short", "long"),
    [("001D000000IRFma", "001D000000IRFmaIAH"), ("0015000000Gv7qJ", "0015000000Gv7qJAAR"), ("x", "x")],
)
def test_ids_of_fifteen_letters(short: str, long: str) -> None:
    assert salesforce_id(short) == long
    assert salesforce_id(long) == long


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["a@example.org", "b@example.org"], "email"), (["2026-01-02", "31.12.2025"], "date"), (["1,200", "7"], "number"),
        (["+49 30 123456", "+1 212 555 0100"], "phone"), (["01067", "10115"], "text"), (["ja", "nein"], "yesno"),
        (["https://example.org"], "link"), (["A", "B"] * 40, "choice"), (["x\ny"], "longtext"), ([], "text"),
        (["2026-01-02T10:00:00Z"], "datetime"),
    ],
)  # fmt: skip
def test_types_are_told_by_what_stands_in_a_column(cells: list[str], kind: str) -> None:
    assert guessing.sniffed(cells) == kind


def test_a_large_file_is_read_by_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BIG", 0)
    path = tmp_path / "x.csv"
    path.write_text("a,b\n" + "".join(f"{n},x{n}\n" for n in range(25)))
    plans = (ColumnPlan(0, "a", "a", FieldSpec("a", "A", "number", maximum=None)), ColumnPlan(1, "b", "b", FieldSpec(
        "b", "B", "text")))  # fmt: skip
    job = reading.Job(str(path), files.layout_of(path), plans, ("b",), as_json=True, size=10)
    found = list(reading.chunks(job))
    assert [len(chunk.numbers) for chunk in found] == [10, 10, 5]
    assert found[0].data[3] == b'{"a":3,"b":"x3"}'
    assert found[2].numbers[-1] == 26
