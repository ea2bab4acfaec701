"""Every span points into the text as it was written, whatever was done to find it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from fairboard.screening import Document, screen
from fairboard.screening.pipeline import _SPACES, _single_spaced
from fairboard.screening.text import fold, joined

NOISE = st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=40)
TRAPS = st.sampled_from(
    ["212-555-0147", "2\u200b1\u200b2 555 0147", "anna (at) example (dot) org", "𝟐𝟏𝟐-𝟓𝟓𝟓-𝟎𝟏𝟒𝟕", "e s c o r t service",
     "£250", "19 years old", "www.example.org/x", "@some_handle", "ﬁne straße İstanbul"]
)  # fmt: skip
TEXTS = st.lists(st.one_of(NOISE, TRAPS), max_size=5).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(title=TEXTS, body=TEXTS)
def test_spans_lie_within_the_original(title: str, body: str) -> None:
    fields = {"title": title, "body": body}
    result = screen(Document("x", fields, "vehicles/cars"))
    spans = [span for one in (*result.reasons, *result.contacts) for span in one.spans]
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
