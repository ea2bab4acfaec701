"""The CRM's rows: definitions made in the console, records, who may see them."""

from fairboard.crm.models.access import Profile, Seat, Share, Team, Territory
from fairboard.crm.models.definitions import (
    Definitions,
    Field,
    Layout,
    ObjectType,
    Pipeline,
    RecordType,
    Stage,
    Validation,
)
from fairboard.crm.models.imports import Export, Import, ImportChunk, ImportFile, ImportMapping, ImportProblem
from fairboard.crm.models.merging import DuplicatePair, DuplicateScan, MatchKey, Merge, Merged
from fairboard.crm.models.records import Change, Link, Record

__all__ = [
    "Change",
    "Definitions",
    "DuplicatePair",
    "DuplicateScan",
    "Export",
    "Field",
    "Import",
    "ImportChunk",
    "ImportFile",
    "ImportMapping",
    "ImportProblem",
    "Layout",
    "Link",
    "MatchKey",
    "Merge",
    "Merged",
    "ObjectType",
    "Pipeline",
    "Profile",
    "Record",
    "RecordType",
    "Seat",
    "Share",
    "Stage",
    "Team",
    "Territory",
    "Validation",
]
