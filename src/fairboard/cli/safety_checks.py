"""What `fairboard doctor` looks at for evidence, photos and reports."""

from django.conf import settings
from django.db import connection

from fairboard.safety import photo_index, vault
from fairboard.safety.cybertip import elements
from fairboard.safety.cybertip.answers import AnswerLost, NotSent
from fairboard.safety.cybertip.client import Client
from fairboard.safety.queries.evidence import unreadable
from fairboard.screening.pack import packaged_packs, read_folder
from fairboard.screening.pack_trials import failures


def evidence() -> str:
    """How many keys there are; raises RuntimeError where a piece cannot be decrypted with any of them."""
    keys = list(vault.known_keys())
    said = f"{len(keys)} key{'s' if len(keys) > 1 else ''}, {keys[0]} encrypts"
    if "safety_evidence" not in connection.introspection.table_names():
        return said  # the migrations are waiting: said by their own line
    if lost := unreadable():
        raise RuntimeError(f"{len(lost)} pieces of evidence cannot be read, {lost[0]} is one of them")
    return said


def photos() -> str:
    """How many photos each index finds; raises RuntimeError for those missing, stale, damaged or short of hashes."""
    if "safety_photoindex" not in connection.introspection.table_names():
        return "made with the database"  # the migrations are waiting: said by their own line
    found = [photo_index.check(source, whole=True) for _name, source in sorted(photo_index.SOURCES.items())]
    if any(one.trouble for one in found):
        raise RuntimeError("; ".join(f"{one.name}: {one.trouble}" for one in found if one.trouble))
    return ", ".join(f"{one.name} {one.hashes:,}" for one in found)


def packs() -> str:
    """What the operator's packs bring; raises RuntimeError with every fault and every test of theirs that fails."""
    if settings.PACKS_DIR is None:
        return f"{len(packaged_packs())} packaged (FAIRBOARD_PACKS is not set)"
    found, faulty = read_folder(settings.PACKS_DIR)
    wrong = [f"{one.name}:{fault.line}:{fault.column}: {fault.message}" for one in faulty for fault in one.faults]
    wrong += [f"{pack.id}:{one.line}: {one.message}" for pack in found for one in failures(pack)]
    if wrong:
        raise RuntimeError("; ".join(wrong))
    return f"{len(packaged_packs())} packaged, {len(found)} of {settings.PACKS_DIR}"


def cybertip() -> str:
    """Whether the service knows user and password, where one is set; raises RuntimeError, BadTable."""
    known = len(elements.table(settings.CYBERTIP_ELEMENTS).incident_types)
    if not settings.CYBERTIP_URL:
        return f"reports are not sent (FAIRBOARD_CYBERTIP_URL is not set); {known} types of incident"
    client = Client(settings.CYBERTIP_URL, settings.CYBERTIP_USER, settings.CYBERTIP_PASSWORD)
    try:
        answer = client.status()
    except (NotSent, AnswerLost) as error:
        raise RuntimeError(f"{settings.CYBERTIP_URL} does not answer: {error}") from error
    if answer.code:
        raise RuntimeError(f"{settings.CYBERTIP_URL} answers {answer.code} {answer.detail}")
    return f"{settings.CYBERTIP_URL} answers"
