"""Every span points into the text as it was written, whatever was done to find it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from fairboard.screening import Document, screen
from fairboard.screening.pipeline import _SPACES, _single_spaced
from fairboard.screening.text import fold, joined

NOISE = st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=40)
TRAPS = st.sampled_from(
    ["212-555-0147", "2\u200b1\u200b2 555 0147", "anna (at) example (dot) org", "𝟐𝟏𝟐-𝟓𝟓𝟓-𝟎𝟏𝟒𝟕", "e s c o r t service",
     "£250", "19 years old", "www.example.org/x", "@some_handle", "ﬁne straße İstanbul", "New in town",
     "ｏｎｌｙ this week", "we keep your   passport", "n e w  i n  t o w n", "f i v e  o n e  t w o", "пять один два",
     "quatre-vingt-dix-huit", "paszport zostaje u nas",
     "$512 then 555 then $0147", "5:12 then 5:55", "ЛЕГКИЕ ДЕНЬГИ", "2one2five", "SIZ-SSS"]
)  # fmt: skip
TEXTS = st.lists(st.one_of(NOISE, TRAPS), max_size=5).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(title=TEXTS, body=TEXTS)
def test_spans_lie_within_the_original(title: str, body: str) -> None:
    fields = {"title": title, "body": body}
    result = screen(Document("x", fields, "vehicles/cars"))
    spans = [span for one in (*result.reasons, *result.contacts, *result.indicators) for span in one.spans]
    spans += [one.span for one in (*result.ages, *result.prices)]
    for span in spans:
        assert 0 <= span.start < span.end <= len(fields[span.field])


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_folding_maps_every_letter_back(text: str) -> None:
    for plain in (fold(text), joined(fold(text))):
        assert len(plain.text) == len(plain.starts) == len(plain.ends)
        assert all(0 <= start < end <= len(text) for start, end in zip(plain.starts, plain.ends, strict=True))
        assert list(plain.starts) == sorted(plain.starts)


@settings(max_examples=400, deadline=None)
@given(text=st.text(max_size=120), country=st.sampled_from(["US", "DE", "GB", "FR", "ES", "IT", "XX", ""]))
def test_no_text_breaks_the_screening(text: str, country: str) -> None:
    result = screen(Document("x", {"title": text[:20], "body": text}, "jobs/care", "", country))
    assert all(0.0 <= one.weight <= 1.0 for one in result.indicators)


WORDS = st.sampled_from(
    ["five", "fünf", "cinq", "пять", "五", "0", "12", "555", "O", "SS", "l2", "double", "hundred", "vingt", "then", "-",
     ".", ",", "$", ":", "call", "€", "\n", "order", "+", "(", ")", "km", "after", "that", "٣", "⑤", "5️⃣", "yüz", "x"]
)  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(parts=st.lists(WORDS, max_size=40), glue=st.sampled_from(["", " ", "-", " . "]))
def test_numbers_in_any_order_break_nothing_and_are_marked(parts: list[str], glue: str) -> None:
    body = glue.join(parts)
    for one in screen(Document("x", {"body": body}, country="DE")).contacts:
        assert one.raw == " … ".join(body[span.start : span.end] for span in one.spans)
        assert one.kind != "phone" or one.value.startswith("+")


def test_an_indicator_is_marked_where_it_was_written() -> None:
    body = "Good pay! We  KEEP your\npassport; ｎｅｗ in town."
    found = {one.id: one for one in screen(Document("x", {"body": body}, "jobs/care")).indicators}
    marked = {name: [body[span.start : span.end] for span in one.spans] for name, one in found.items()}
    assert marked["control.papers-kept"] == ["KEEP your\npassport"]
    assert marked["voice.new-in-town"] == ["ｎｅｗ in town"]


def test_raw_is_the_text_at_the_span() -> None:
    body = "Good bicycle. Ring 2\u200b1\u200b2-555-0147 \u2713"
    found = next(one for one in screen(Document("x", {"body": body})).contacts if one.kind == "phone")
    assert found.raw == body[found.spans[0].start : found.spans[0].end]
    assert found.raw.endswith("0147")


def test_a_spaced_out_term_is_marked_whole() -> None:
    body = "An E.s.c.o.r.t service tonight"
    reason = screen(Document("x", {"body": body})).reasons[0]
    assert body[reason.spans[0].start : reason.spans[0].end] == "E.s.c.o.r.t service"


@settings(max_examples=500, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("ab -_./,\n\t\r\x0b\x1c\x85\u2028\u3000\u00a0"), max_size=15))
def test_the_quick_way_to_single_spaces_is_the_one_spans_are_found_by(text: str) -> None:
    assert _single_spaced(text) == _SPACES.sub(" ", text)
