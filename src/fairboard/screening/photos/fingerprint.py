"""What a photo is matched by. Loads neither numpy nor Pillow, so that everything may hold and pass fingerprints."""

from dataclasses import dataclass

GOOD_QUALITY = 50
"""A hash of lower quality says too little of its photo to match by (Meta's Hasher-Matcher-Actioner)."""
MATCH_DISTANCE = 31
"""Photos whose hashes differ in at most so many bits are taken for the same (Meta's Hasher-Matcher-Actioner)."""
VARIANTS = ("original", "rotate90", "rotate180", "rotate270", "flip_x", "flip_y", "flip_plus", "flip_minus")
"""A photo and its turned and mirrored forms, in the order of the reference."""


@dataclass(frozen=True, slots=True)
class Digests:
    """What the bytes are, in hexadecimal digits."""

    sha256: str
    md5: str


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Everything a photo is matched by: hashes in hexadecimal digits, size in pixels as seen upright.

    ``quality`` (0 to 100) belongs to ``pdq`` and ``variants``, the eight forms in the order of ``VARIANTS``.
    """

    sha256: str
    md5: str
    pdq: str
    quality: int
    width: int
    height: int
    variants: tuple[str, ...] = ()

    @property
    def matchable(self) -> bool:
        """Whether there is enough in the photo for its PDQ to be matched by."""
        return self.quality >= GOOD_QUALITY
