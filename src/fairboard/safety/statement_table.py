"""How each policy is named in the Commission's DSA Transparency Database: category, keywords, grounds.

The codes are those of its public API documentation (version of July 2025: 16 categories, a keyword belongs to one
category; https://transparency.dsa.ec.europa.eu/page/api-documentation). A policy that is missing here is filed under
"other violation of the terms" with the keyword "other".
"""

from dataclasses import dataclass

OTHER = "KEYWORD_OTHER"
KEYWORDS: dict[str, tuple[str, ...]] = {
    "STATEMENT_CATEGORY_ANIMAL_WELFARE": ("KEYWORD_ANIMAL_HARM", "KEYWORD_UNLAWFUL_SALE_ANIMALS", OTHER),
    "STATEMENT_CATEGORY_CONSUMER_INFORMATION": (
        "KEYWORD_HIDDEN_ADVERTISEMENT", "KEYWORD_INSUFFICIENT_INFORMATION_ON_TRADERS",
        "KEYWORD_MISLEADING_INFO_GOODS_SERVICES", "KEYWORD_MISLEADING_INFO_CONSUMER_RIGHTS",
        "KEYWORD_NONCOMPLIANCE_PRICING", OTHER,
    ),
    "STATEMENT_CATEGORY_CYBER_VIOLENCE": (
        "KEYWORD_CYBER_BULLYING_INTIMIDATION", "KEYWORD_CYBER_HARASSMENT", "KEYWORD_CYBER_INCITEMENT",
        "KEYWORD_CYBER_STALKING", "KEYWORD_NON_CONSENSUAL_IMAGE_SHARING", "KEYWORD_NON_CONSENSUAL_MATERIAL_DEEPFAKE",
        OTHER,
    ),
    "STATEMENT_CATEGORY_CYBER_VIOLENCE_AGAINST_WOMEN": (
        "KEYWORD_BULLYING_AGAINST_GIRLS", "KEYWORD_CYBER_HARASSMENT_AGAINST_WOMEN",
        "KEYWORD_CYBER_STALKING_AGAINST_WOMEN", "KEYWORD_FEMALE_GENDERED_DISINFORMATION",
        "KEYWORD_INCITEMENT_AGAINST_WOMEN", "KEYWORD_NON_CONSENSUAL_IMAGE_SHARING_AGAINST_WOMEN",
        "KEYWORD_NON_CONSENSUAL_MATERIAL_DEEPFAKE_AGAINST_WOMEN", OTHER,
    ),
    "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS": (
        "KEYWORD_BIOMETRIC_DATA_BREACH", "KEYWORD_DATA_FALSIFICATION", "KEYWORD_MISSING_PROCESSING_GROUND",
        "KEYWORD_RIGHT_TO_BE_FORGOTTEN", OTHER,
    ),
    "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH": (
        "KEYWORD_DEFAMATION", "KEYWORD_DISCRIMINATION", "KEYWORD_HATE_SPEECH", OTHER,
    ),
    "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS": (
        "KEYWORD_COPYRIGHT_INFRINGEMENT", "KEYWORD_DESIGN_INFRINGEMENT", "KEYWORD_GEOGRAPHIC_INDICATIONS_INFRINGEMENT",
        "KEYWORD_PATENT_INFRINGEMENT", "KEYWORD_TRADE_SECRET_INFRINGEMENT", "KEYWORD_TRADEMARK_INFRINGEMENT", OTHER,
    ),
    "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS": (
        "KEYWORD_MISINFORMATION_DISINFORMATION", "KEYWORD_VIOLATION_EU_LAW", "KEYWORD_VIOLATION_NATIONAL_LAW", OTHER,
    ),
    "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE": (),
    "STATEMENT_CATEGORY_OTHER_VIOLATION_TC": (
        "KEYWORD_ADULT_SEXUAL_MATERIAL", "KEYWORD_AGE_SPECIFIC_RESTRICTIONS", "KEYWORD_GEOGRAPHICAL_REQUIREMENTS",
        "KEYWORD_GOODS_SERVICES_NOT_PERMITTED", "KEYWORD_LANGUAGE_REQUIREMENTS", "KEYWORD_NUDITY", OTHER,
    ),
    "STATEMENT_CATEGORY_PROTECTION_OF_MINORS": (
        "KEYWORD_AGE_SPECIFIC_RESTRICTIONS_MINORS", "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL",
        "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE", "KEYWORD_GROOMING_SEXUAL_ENTICEMENT_MINORS",
        "KEYWORD_UNSAFE_CHALLENGES", OTHER,
    ),
    "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY": (
        "KEYWORD_ILLEGAL_ORGANIZATIONS", "KEYWORD_RISK_ENVIRONMENTAL_DAMAGE", "KEYWORD_RISK_PUBLIC_HEALTH",
        "KEYWORD_TERRORIST_CONTENT", OTHER,
    ),
    "STATEMENT_CATEGORY_SCAMS_AND_FRAUD": (
        "KEYWORD_IMPERSONATION_ACCOUNT_HIJACKING", "KEYWORD_INAUTHENTIC_ACCOUNTS", "KEYWORD_INAUTHENTIC_LISTINGS",
        "KEYWORD_INAUTHENTIC_USER_REVIEWS", "KEYWORD_PHISHING", "KEYWORD_PYRAMID_SCHEMES", OTHER,
    ),
    "STATEMENT_CATEGORY_SELF_HARM": (
        "KEYWORD_CONTENT_PROMOTING_EATING_DISORDERS", "KEYWORD_SELF_MUTILATION", "KEYWORD_SUICIDE", OTHER,
    ),
    "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS": (
        "KEYWORD_PROHIBITED_PRODUCTS", "KEYWORD_UNSAFE_PRODUCTS", OTHER,
    ),
    "STATEMENT_CATEGORY_VIOLENCE": (
        "KEYWORD_COORDINATED_HARM", "KEYWORD_INCITEMENT_VIOLENCE_HATRED", "KEYWORD_HUMAN_EXPLOITATION",
        "KEYWORD_HUMAN_TRAFFICKING", "KEYWORD_STALKING", "KEYWORD_TRAFFICKING_WOMEN_GIRLS", OTHER,
    ),
}  # fmt: skip
"""Every category and the keywords that belong to it."""


@dataclass(frozen=True, slots=True)
class Filing:
    """How refusals under a policy are filed.

    ``legal_ground`` is named when the policy stands on a law and the decision says so: the ground is then illegal
    content. Otherwise the ground is the terms, and ``is_illegal`` says whether it is held to be illegal as well.
    """

    category: str
    keywords: tuple[str, ...] = (OTHER,)
    legal_ground: str = ""
    is_illegal: bool = False
    other: str = ""


_TERMS = "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
UNKNOWN = Filing(_TERMS, other="A rule of the market")
FILINGS: dict[str, Filing] = {
    "sexual-services": Filing(_TERMS, ("KEYWORD_GOODS_SERVICES_NOT_PERMITTED",)),
    "child-safety": Filing(
        "STATEMENT_CATEGORY_PROTECTION_OF_MINORS", legal_ground="Directive 2011/93/EU; 18 USC 2258A",
        other="Safety of children",
    ),
    "exploitation": Filing(
        "STATEMENT_CATEGORY_VIOLENCE", ("KEYWORD_HUMAN_TRAFFICKING", "KEYWORD_HUMAN_EXPLOITATION"),
        legal_ground="Directive 2011/36/EU; 18 USC 1591",
    ),
    "intimate-image": Filing(
        "STATEMENT_CATEGORY_CYBER_VIOLENCE", ("KEYWORD_NON_CONSENSUAL_IMAGE_SHARING",),
        legal_ground="TAKE IT DOWN Act (2025), section 3",
    ),
    "legal-order": Filing(_TERMS, other="Order of an authority (DSA article 9)", is_illegal=True),
    "scam": Filing("STATEMENT_CATEGORY_SCAMS_AND_FRAUD", ("KEYWORD_INAUTHENTIC_LISTINGS",), is_illegal=True),
    "payment": Filing("STATEMENT_CATEGORY_SCAMS_AND_FRAUD", other="Payment that cannot be traced or taken back"),
    "contact": Filing(_TERMS, other="Contact details in the text"),
    "links": Filing(_TERMS, other="Links that hide where they lead"),
    "weapons": Filing(
        "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS", ("KEYWORD_PROHIBITED_PRODUCTS",), is_illegal=True
    ),
    "drugs": Filing(
        "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS", ("KEYWORD_PROHIBITED_PRODUCTS",), is_illegal=True
    ),
    "counterfeit": Filing(
        "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS", ("KEYWORD_TRADEMARK_INFRINGEMENT",), is_illegal=True
    ),
    "wildlife": Filing("STATEMENT_CATEGORY_ANIMAL_WELFARE", ("KEYWORD_UNLAWFUL_SALE_ANIMALS",), is_illegal=True),
    "discrimination": Filing(
        "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH", ("KEYWORD_DISCRIMINATION",), is_illegal=True
    ),
    "resubmission": Filing(_TERMS, other="A text or photo that was refused before"),
}  # fmt: skip
"""The table of policies; see `UNKNOWN` for those that are missing."""
EEA = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
    "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
"""The countries of the European Economic Area: a restriction here is the same in all of them."""


def filing(policy: str) -> Filing:
    """How refusals under a policy are filed."""
    return FILINGS.get(policy, UNKNOWN)
