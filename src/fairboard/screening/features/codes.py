"""Figures that are no telephone numbers: codes of a known shape, and words that say what a figure is."""

import re

from fairboard.screening.text import fold

# Codes whose inner groups may look like a number: nothing in them is one.
_CODE = re.compile(
    r"(?=\d)(?:(?<=[a-z]{2})(?<![^\W_][a-z]{2})\d{2}(?: ?\d{4}){3,7}(?: ?\d{1,3})?(?![^\W_])"  # an IBAN
    r"|\d{1,3}\.\d{4,}\s?[,;/]\s?-?\d{1,3}\.\d{4,}"  # coordinates
    r"|(?:(?:[01]?\d|2[0-3]):[0-5]\d(?:\s?(?:,|and|und|et|y|e|en|i|ve|или|и|-|–|\||/)\s?|\Z)){3,}(?:[01]?\d|2[0-3]):[0-5]\d"
    r"|\d{1,3}\s?°\s?\d{1,2}\s?['’′]\s?[\d.]+\s?[\"”″]?"  # degrees
    r"|(?<!\d)\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?!\d)"  # a card
    r"|(?<![\d.])(?=[\d.]*\d\d)(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?::\d+|/\d+)?(?![\d.])"
    r"|(?<!\d)(?:19|20)\d\d([-/.])(?:0?[1-9]|1[0-2])\2(?:[0-2]?\d|3[01])(?:[t ,]{1,3}\d{1,2}:\d\d(?::\d\d)?)?(?!\d)"
    r"|(?<!\d)(?:[0-2]?\d|3[01])([-/.])(?:0?[1-9]|1[0-2])\3(?:(?:19|20)\d\d|\d\d)(?![\d./-])(?:[t ,]{1,3}\d{1,2}:\d\d)?"
    r"|\d{1,2}\s?[-:]\s?\d{1,2}(?:\s?[,;/ ]\s?\d{1,2}\s?[-:]\s?\d{1,2}){2,}(?![\d-]|\s?[-:]\s?\d)(?=[^\d]|\Z)"  # scores
    r"|(?<![^\W_])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![^\W_])"  # a network card
    r"|(?<!\d)\d+(?:[.,]\d+)?\s?[x×]\s?\d+(?:[.,]\d+)?(?:\s?[x×]\s?\d+(?:[.,]\d+)?)?)"
)
_VIN = re.compile(r"(?<![^\W_])(?=[a-z]*\d)(?=\d*[a-z])[a-hj-npr-z0-9]{17}(?![^\W_])")
_ISBN = re.compile(r"isbn(?:[- ]?1[03])?\W{0,3}((?:97[89][ -]?)?(?:\d[ -]?){9}[\dx])")
_ISBN_TEN = re.compile(r"(?<![\d-])\d{1,5}-\d{1,7}-\d{1,7}-[\dx](?![\d-])")
_LABELS = (
    "isbn issn doi oclc lccn imei meid iccid vin fin order orders part parts serial sku ean upc gtin mpn asin oem "
    "ref reference item items model article artikel id chassis frame engine barcode tracking parcel invoice "
    "version firmware build driver bios lot batch gps iban bic blz vat zip plz cap postcode postal tax ein ssn "
    "uid steuernummer patent licence license licencia permit registration reg kvk siren siret nif cif nip regon "
    "pesel krs инн огрн артикул account acct konto kontonummer kontonr cuenta compte conto rekening ticket "
    "booking confirmation customer member membership policy claim case docket listing mls apn catalogue catalog "
    "casting stock product produkt product-id codice codigo kod bestellnummer bestellnr bestell artikelnummer "
    "artikelnr artnr seriennummer seriennr teilenummer teilenr fahrgestellnummer rahmennummer rechnungsnummer "
    "rechnung kundennummer auftrag auftragsnummer sendungsnummer modell modele modelo modello serie referencia "
    "riferimento pedido commande facture factura fattura ordine ordernummer zamowienie numer-seryjny nss dot nmls "
    "dre npi ndc cas bosch siemens valeo denso hella mahle brembo sachs febi luk lego playmobil set no nr num "
    "lottery lotto loto pin seq coordinates coords lat lon latitude longitude ident matricola telaio chasis "
    "bastidor dni passport pass-no ausweis versicherung sozialversicherungsnummer rut cuit cpf cnpj ocr giro "
    "bankgiro plusgiro medlem siparis seri fatura sasi заказ номер-заказа серийный вин scores score results "
    "model-no pn sn s/n p/n mfr fcc mac ip port wkn isin cusip po "
)
_LABEL = re.compile(
    rf"(?<![^\W_])(?:{'|'.join(re.escape(one) for one in sorted(fold(_LABELS).text.split(), key=len, reverse=True))})"
    r"(?![^\W_])\W{0,4}(?:(?:number|numbers|numero|numer|nummer|num|no|nr|code|id|is|ist|es|est|of|de|du|di|the|set|serie|commande"
    r"|pedido|order|part|article|product|item|seryjny|zamowienia|articolo|articulo|producto|prodotto|produit|cliente|client|kunden|serial|reference|tracking|registration|plate|ids|заказа|номер)(?![^\W_])\W{0,3}){0,3}(?:[a-z]{0,3}[-#])?$"
)
_LABEL_IN_LINE = re.compile(
    r"(?<![^\W_])(?:(?:part|order|serial|article|product|model|item)s?\W{0,2}(?:numbers?|nos?|nr)|p/n|s/n|oem|oe-?(?:nr|no)"
    r"|ersatzteil\w*|teile?-?n\w*|artikel-?n\w*|serien-?n\w*|isbn|ean|sku|referen\w*)(?![^\W_])[^\n]{0,60}$"
)
_LABEL_AFTER = re.compile(
    r"\W{0,3}(?:(?:is|=|was|ist|es|est)\W{1,3})?(?:(?:the|our|my|your|die|der|la|le|el)\W{1,2})?"
    r"(?:isbn|imei|vin|order|part|serial|sku|ean|upc|reference|tracking|invoice|article|artikel|bestell|serien|teile|rechnungs"
    r"|product|model|item|barcode|catalog)(?:nummer|nr|s)?\W{0,2}(?:number|no|nr|code|id)(?![^\W_])"
)
_PHONE = (
    "call text txt phone phones telephone tel telf tlf fon telefon whatsapp whats_?app watsapp wa sms mobile mob "
    "cell ring reach contact dial viber ruf rufen anruf anrufen handy handynr handynummer telefonnummer rufnummer "
    "llama llamar llamame telefono movil celular appel appelez appeler portable telephonez joignable liga ligue "
    "ligar chiama chiamare chiamami cellulare contatta signal telegram bel bellen telefoonnummer zadzwon dzwon "
    "dzwonic komorka ara arayin cep telefonum звони звоните телефон тел позвони пиши erreichbar melde meldet hit "
    "hmu reachable contacto facetime mensaje escribe wsp wasap zap zapzap imessage callme textme 电话 微信 手机 "
)
_WEAK = "number numero digits numer numara numaram nummer номер "
_LINKS = (
    "me us at on is now an auf unter uns mich al a au le il lo number numbers no nr num nummer numero numer my "
    "the op naar pod на по nos moi mi via or text call for info here only anytime any time today tonight direct "
    "directly please pls bitte por favor this it with ist es est e o em com para dal do to area code from das and "
    "sms whatsapp starts begins beginning it's s "
)


def _any(words: str) -> str:
    """Words as they stand in plain text, as alternatives."""
    return "|".join(one.replace("_", " ") for one in fold(words).text.split())


_LINK = rf"\W{{0,4}}(?:(?:{_any(_LINKS)})(?![^\W_])\W{{0,4}}){{0,4}}$"
_CUE = re.compile(rf"(?<![^\W_])(?:{_any(_PHONE + _WEAK)})(?![^\W_]){_LINK}")
_STRONG_CUE = re.compile(rf"(?<![^\W_])(?:{_any(_PHONE)})(?![^\W_]){_LINK}")
_ANY_CUE = re.compile(rf"(?<![^\W_])(?:{_any(_PHONE + _WEAK)})(?![^\W_])")
_CUE_AFTER = re.compile(
    r"\W{0,4}(?:(?:to|and|please|or|pls|bitte|just|only|you|can)\W{1,2}){0,2}"
    r"(?:call|text|txt|sms|whatsapp|ring|phone|anrufen|llamar|appelez|chiamare|ligar|bellen|anytime|any time)(?![^\W_])"
)
_MONEY_BEFORE = re.compile(r"(?:[$€£¥]|(?<![^\W_])(?:usd|eur|gbp|chf|rs|pln|try))\s?$")
_MONEY_AFTER = re.compile(r"\s?(?:[$€£¥]|(?:usd|eur|euros?|gbp|chf|dollars?|bucks|pounds?|zl|pln|tl)(?![^\W_]))")
_UNIT_AFTER = re.compile(
    r"\s?(?:[%°²³]|(?:usd|eur|euros?|gbp|dollars?|pounds?|km|kms|mi|miles?|sqm|sqft|sq|ft|feet|m|m2|m²|mm|cm|kg|kgs|g|gr|lb|lbs|gb|tb|mb"
    r"|mah|w|kw|hp|ps|cv|nm|v|volt|volts|watt|hz|ghz|mhz|rpm|l|ml|cl|cc|ccm|pieces|pcs|stuck|stk|units|views|steps|followers"
    r"|likes|items|people|pages|seiten|words|copies|sheets|bricks|photos|downloads|hours|stunden|uhr|am|pm|acres|ha|qm|tonnes|tons"
    r"|million|mio|inhabitants|aufrufe|visitors|seconds|minutes|min|days|tage|times|barrels|shares|tickets|seats|mieter)(?![^\W_]))"
)
THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:(?:[,'\u00a0 ’]\d{3})+(?:\.\d{2})?|(?:[.'\u00a0 ’]\d{3})+(?:,\d{2})?)")
TIME = re.compile(r"(?<!\d)(?:[01]?\d|2[0-3])[:h][0-5]\d(?!\d)")
INTERNATIONAL = re.compile(r"(?:wa\.me/|[?&]phone=|whatsapp://send\?phone=|(?<![^\W_])plus )$")


def spans(text: str) -> dict[int, int]:
    """Where codes of a known shape stand in plain text: start to end."""
    found = {one.start(): one.end() for one in _CODE.finditer(text)}
    found |= {one.start(1): one.end() for one in _ISBN.finditer(text)}
    found |= {one.start(): one.end() for one in _VIN.finditer(text)}
    for one in _ISBN_TEN.finditer(text):
        if _is_isbn_ten(one[0]):
            found[one.start()] = one.end()
    return found


def _is_isbn_ten(written: str) -> bool:
    """Whether ten digits are an ISBN by their check digit (ISO 2108)."""
    digits = [10 if one == "x" else int(one) for one in written if one != "-"]
    return len(digits) == 10 and sum(one * (10 - at) for at, one in enumerate(digits)) % 11 == 0


def is_named(text: str, start: int) -> bool:
    """Whether the words before say that a telephone number follows."""
    return _CUE.search(text, max(0, start - 48), start) is not None


def is_asked_for(text: str, start: int) -> bool:
    """Whether a word for calling or writing, not merely "number", says that a telephone number follows."""
    return _STRONG_CUE.search(text, max(0, start - 48), start) is not None


def has_cue(text: str) -> bool:
    """Whether any word of the text may call a figure a telephone number."""
    return _ANY_CUE.search(text) is not None


def is_named_after(text: str, end: int) -> bool:
    """Whether the words after say that a telephone number went before."""
    return _CUE_AFTER.match(text, end) is not None


def is_labelled(text: str, start: int, end: int) -> bool:
    """Whether the words around say that a figure is something else."""
    if _LABEL.search(text, max(0, start - 48), start) is not None:
        return _STRONG_CUE.search(text, max(0, start - 48), start) is None
    return _LABEL_AFTER.match(text, end) is not None


def is_on_a_labelled_line(text: str, start: int) -> bool:
    """Whether a word for part, order or serial numbers went before in the same line."""
    return _LABEL_IN_LINE.search(text, max(0, start - 80), start) is not None


def is_amount(text: str, start: int, end: int) -> bool:
    """Whether a currency stands beside a figure."""
    return _MONEY_BEFORE.search(text, max(0, start - 5), start) is not None or _MONEY_AFTER.match(text, end) is not None


def has_unit(text: str, end: int) -> bool:
    """Whether a unit of measure or a thing that is counted follows."""
    return _UNIT_AFTER.match(text, end) is not None
