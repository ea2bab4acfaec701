"""A statement of reasons as the DSA Transparency Database takes it, checked by our own reading of its rules.

Source: its public API documentation (July 2025). Lengths, lists of values and which fields need which others are as
written there.
"""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fairboard.safety.statement_table import EEA, KEYWORDS

Short = Annotated[str, Field(min_length=1, max_length=500)]
Long = Annotated[str, Field(min_length=1, max_length=2000)]
Visibility = Literal[
    "DECISION_VISIBILITY_CONTENT_REMOVED", "DECISION_VISIBILITY_CONTENT_DISABLED",
    "DECISION_VISIBILITY_CONTENT_DEMOTED", "DECISION_VISIBILITY_CONTENT_AGE_RESTRICTED",
    "DECISION_VISIBILITY_CONTENT_INTERACTION_RESTRICTED", "DECISION_VISIBILITY_CONTENT_LABELLED",
    "DECISION_VISIBILITY_OTHER",
]  # fmt: skip
ContentType = Literal[
    "CONTENT_TYPE_APP", "CONTENT_TYPE_AUDIO", "CONTENT_TYPE_IMAGE", "CONTENT_TYPE_PRODUCT",
    "CONTENT_TYPE_SYNTHETIC_MEDIA", "CONTENT_TYPE_TEXT", "CONTENT_TYPE_VIDEO", "CONTENT_TYPE_OTHER",
]  # fmt: skip
YesNo = Literal["Yes", "No"]
Category = Annotated[str, Field(pattern="^STATEMENT_CATEGORY_[A-Z_]+$")]


class Statement(BaseModel):
    """One statement of reasons. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")

    decision_visibility: list[Visibility] | None = None
    decision_visibility_other: Short | None = None
    decision_monetary: (
        Literal["DECISION_MONETARY_SUSPENSION", "DECISION_MONETARY_TERMINATION", "DECISION_MONETARY_OTHER"] | None
    ) = None
    decision_monetary_other: Short | None = None
    decision_provision: (
        Literal[
            "DECISION_PROVISION_PARTIAL_SUSPENSION", "DECISION_PROVISION_TOTAL_SUSPENSION",
            "DECISION_PROVISION_PARTIAL_TERMINATION", "DECISION_PROVISION_TOTAL_TERMINATION",
        ] | None
    ) = None  # fmt: skip
    decision_account: Literal["DECISION_ACCOUNT_SUSPENDED", "DECISION_ACCOUNT_TERMINATED"] | None = None
    account_type: Literal["ACCOUNT_TYPE_BUSINESS", "ACCOUNT_TYPE_PRIVATE"] | None = None
    decision_ground: Literal["DECISION_GROUND_ILLEGAL_CONTENT", "DECISION_GROUND_INCOMPATIBLE_CONTENT"]
    decision_ground_reference_url: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=500)] | None = None
    illegal_content_legal_ground: Short | None = None
    illegal_content_explanation: Long | None = None
    incompatible_content_ground: Short | None = None
    incompatible_content_explanation: Long | None = None
    incompatible_content_illegal: YesNo | None = None
    category: Category
    category_addition: list[Category] | None = None
    category_specification: list[Annotated[str, Field(pattern="^KEYWORD_[A-Z_]+$")]] | None = None
    category_specification_other: Short | None = None
    territorial_scope: Annotated[list[str], Field(min_length=1)]
    content_type: Annotated[list[ContentType], Field(min_length=1)]
    content_type_other: Short | None = None
    content_language: Annotated[str, Field(pattern="^[A-Z]{2}$")] | None = None
    content_date: Annotated[date, Field(ge=date(2000, 1, 1))]
    content_id: dict[Literal["EAN-13"], Annotated[str, Field(pattern="^[0-9]{13}$")]] | None = None
    application_date: Annotated[date, Field(ge=date(2020, 1, 1))]
    end_date_account_restriction: date | None = None
    end_date_monetary_restriction: date | None = None
    end_date_service_restriction: date | None = None
    end_date_visibility_restriction: date | None = None
    decision_facts: Annotated[str, Field(min_length=1, max_length=5000)]
    source_type: Literal[
        "SOURCE_ARTICLE_16", "SOURCE_TRUSTED_FLAGGER", "SOURCE_TYPE_OTHER_NOTIFICATION", "SOURCE_VOLUNTARY"
    ]
    source_identity: Short | None = None
    automated_detection: YesNo
    automated_decision: Literal[
        "AUTOMATED_DECISION_FULLY", "AUTOMATED_DECISION_PARTIALLY", "AUTOMATED_DECISION_NOT_AUTOMATED"
    ]
    puid: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,500}$")]

    @model_validator(mode="after")
    def _decides_something(self) -> Self:
        if not (self.decision_visibility or self.decision_monetary or self.decision_provision or self.decision_account):
            raise ValueError("one of decision_visibility, _monetary, _provision and _account is needed")
        if "DECISION_VISIBILITY_OTHER" in (self.decision_visibility or ()) and not self.decision_visibility_other:
            raise ValueError("decision_visibility_other is needed")
        if self.decision_monetary == "DECISION_MONETARY_OTHER" and not self.decision_monetary_other:
            raise ValueError("decision_monetary_other is needed")
        if "CONTENT_TYPE_OTHER" in self.content_type and not self.content_type_other:
            raise ValueError("content_type_other is needed")
        return self

    @model_validator(mode="after")
    def _has_its_ground(self) -> Self:
        illegal = (self.illegal_content_legal_ground, self.illegal_content_explanation)
        terms = (self.incompatible_content_ground, self.incompatible_content_explanation)
        needed = illegal if self.decision_ground == "DECISION_GROUND_ILLEGAL_CONTENT" else terms
        if not all(needed):
            raise ValueError("the ground needs its reference and its explanation")
        return self

    @model_validator(mode="after")
    def _is_filed(self) -> Self:
        categories = [self.category, *(self.category_addition or ())]
        unknown = [one for one in categories if one not in KEYWORDS]
        if unknown:
            raise ValueError(f"there is no category {unknown[0]}")
        known = {keyword for one in categories for keyword in KEYWORDS[one]}
        strange = [one for one in self.category_specification or () if one not in known]
        if strange:
            raise ValueError(f"{strange[0]} does not belong to the category")
        outside = [one for one in self.territorial_scope if one not in EEA]
        if outside:
            raise ValueError(f"{outside[0]} is not a country of the European Economic Area")
        return self

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        ends = (
            self.end_date_account_restriction, self.end_date_monetary_restriction,
            self.end_date_service_restriction, self.end_date_visibility_restriction,
        )  # fmt: skip
        if any(one is not None and one < self.application_date for one in ends):
            raise ValueError("a restriction ends before it begins")
        return self


def checked(values: dict[str, Any]) -> dict[str, Any]:
    """The statement as JSON with its empty fields left out; raises ValueError naming what is wrong."""
    try:
        return Statement.model_validate(values).model_dump(mode="json", exclude_none=True)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}".lstrip(": ")) from error
