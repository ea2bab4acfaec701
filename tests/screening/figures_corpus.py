# ruff: noqa: E501
"""More kinds of figures that are no telephone numbers, in several languages."""

from collections.abc import Callable
from random import Random


def _d(random: Random, count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


def _up(random: Random, count: int) -> str:
    return "".join(random.choices("ABCDEFGHJKLMNPRSTUVWXYZ", k=count))


def _isbn_ten(random: Random) -> str:
    kept = _d(random, 9)
    check = -sum(int(one) * (10 - at) for at, one in enumerate(kept)) % 11
    return f"{kept[0]}-{kept[1:4]}-{kept[4:9]}-{'X' if check == 10 else check}"


def _sorted(random: Random, low: int, high: int, count: int) -> str:
    return " ".join(map(str, sorted(random.sample(range(low, high), count))))


def _time(random: Random) -> str:
    return f"{random.randrange(5, 23)}:{random.choice(['00', '15', '20', '30', '45', '50'])}"


MORE: dict[str, Callable[[Random], str]] = {
    "isbn ten printed": lambda r: f"Paperback, {_isbn_ten(r)}, third printing",
    "ip address": lambda r: f"Camera with fixed address 192.168.{r.randrange(255)}.{r.randrange(1, 255)}",
    "mac": lambda r: "MAC " + ":".join(_d(r, 2) for _ in range(6)),
    "seriennummer": lambda r: f"Seriennummer: {_d(r, 10)}, Rechnung vorhanden",
    "artikelnummer": lambda r: f"Artikelnummer 0{_d(r, 9)} passt für viele Modelle",
    "teilenummer": lambda r: f"OE-Nr. 0{_d(r, 2)} {_d(r, 3)} {_d(r, 3)} {_d(r, 1)}",
    "bosch": lambda r: f"Bosch 0 {_d(r, 3)} {_d(r, 3)} {_d(r, 3)} Anlasser, geprüft",
    "reference fr": lambda r: f"Référence : 0{_d(r, 9)}, facture fournie",
    "numero de serie": lambda r: f"Numéro de série {_d(r, 10)}",
    "numero de pedido": lambda r: f"Número de pedido {_d(r, 9)}, factura incluida",
    "codice articolo": lambda r: f"Codice articolo 0{_d(r, 9)}",
    "kontonummer": lambda r: f"Kontonummer 0{_d(r, 9)}, BLZ {_d(r, 8)}",
    "iban plain": lambda r: f"IBAN GB{_d(r, 2)}{_up(r, 4)}{_d(r, 14)}",
    "iban fr": lambda r: f"FR{_d(r, 2)} {_d(r, 4)} {_d(r, 4)} {_d(r, 4)} {_d(r, 4)} {_d(r, 4)} {_d(r, 3)}",
    "iban pl": lambda r: f"PL{_d(r, 2)} " + " ".join(_d(r, 4) for _ in range(6)),
    "card": lambda r: f"Gift card {_d(r, 4)} {_d(r, 4)} {_d(r, 4)} {_d(r, 4)}",
    "degrees": lambda r: f"{r.randrange(20, 60)}°{r.randrange(60)}'{r.randrange(60)}\"N {r.randrange(1, 99)}°{r.randrange(60)}'{r.randrange(60)}\"W",
    "coordinates said": lambda r: f"lat {r.uniform(20, 60):.5f} lon {-r.uniform(1, 99):.5f}",
    "coordinates bare": lambda r: f"Spot at {r.uniform(20, 60):.4f}, {-r.uniform(70, 99):.4f}, easy parking",
    "date range": lambda r: f"{r.randrange(1, 29):02d}.{r.randrange(1, 13):02d}.2026 - {r.randrange(1, 29):02d}.{r.randrange(1, 13):02d}.2027",
    "dates": lambda r: "Free on " + ", ".join(f"{r.randrange(1, 13):02d}/{r.randrange(1, 29):02d}/2026" for _ in range(3)),
    "short dates": lambda r: "Am " + ", ".join(f"{r.randrange(1, 29):02d}.{r.randrange(1, 13):02d}." for _ in range(4)) + " frei",
    "two digit dates": lambda r: " ".join(f"{r.randrange(1, 29):02d}.{r.randrange(1, 13):02d}.26" for _ in range(2)),
    "stamp": lambda r: f"Posted 2026-{r.randrange(1, 13):02d}-{r.randrange(1, 29):02d}T{r.randrange(24):02d}:{r.randrange(60):02d}:{r.randrange(60):02d}",
    "timetable": lambda r: "Bus: " + " ".join(_time(r) for _ in range(r.randrange(3, 8))),
    "timetable slashes": lambda r: "Shows " + " / ".join(_time(r) for _ in range(r.randrange(3, 6))),
    "hours of a week": lambda r: f"Mo {_time(r)}-{_time(r)}, Di {_time(r)}-{_time(r)}, Mi {_time(r)}-{_time(r)}",
    "call hours": lambda r: f"Please call between {_time(r)} and {_time(r)}, Saturdays {_time(r)}-{_time(r)}",
    "call hours two": lambda r: f"Call {r.randrange(7, 11)}:00-12:00, 14:00-{r.randrange(17, 20)}:00",
    "horaires": lambda r: f"Ouvert de {r.randrange(7, 10)}h{r.choice(['00', '30'])} à 12h00 et de 14h00 à 18h{r.choice(['00', '30'])}",
    "scores": lambda r: "Sets " + " ".join(f"{r.randrange(8)}-{r.randrange(8)}" for _ in range(r.randrange(3, 6))),
    "results": lambda r: "Results " + ", ".join(f"{r.randrange(60, 120)}:{r.randrange(60, 120)}" for _ in range(3)),
    "match": lambda r: f"Final {r.randrange(6)}:{r.randrange(6)} ({r.randrange(3)}:{r.randrange(3)}), programme of 1998",
    "table": lambda r: "Plate sizes " + " ".join(f"{r.randrange(10, 99)}" for _ in range(5)) + " cm",
    "waist": lambda r: f"Jeans W{r.randrange(28, 40)} L{r.randrange(28, 36)}, {r.randrange(28, 40)}/{r.randrange(28, 36)}",
    "shoe sizes": lambda r: "UK " + _sorted(r, 3, 13, 4) + " EU " + _sorted(r, 36, 48, 4),
    "sizes de": lambda r: "Größen " + ", ".join(str(r.randrange(80, 176, 6)) for _ in range(5)),
    "ring sizes": lambda r: "Rings " + _sorted(r, 48, 70, 5),
    "dimensions words": lambda r: f"Length {r.randrange(100, 300)}, width {r.randrange(50, 100)}, height {r.randrange(40, 99)}",
    "dimensions inch": lambda r: f'{r.randrange(20, 99)}" x {r.randrange(20, 99)}" x {r.randrange(20, 99)}"',
    "masse": lambda r: f"Maße: {r.randrange(100, 300)}/{r.randrange(50, 100)}/{r.randrange(40, 99)} cm, {r.randrange(20, 80)} kg",
    "lens": lambda r: f"Lens {r.randrange(10, 99)}-{r.randrange(100, 400)} mm f/{r.choice(['2.8', '4', '5.6'])}, filter 77 mm",
    "screen": lambda r: f"{r.randrange(20, 50)} inch, 3840 x 2160, {r.choice([60, 120, 144])} Hz, {r.randrange(1, 9)} ms",
    "memory": lambda r: f"DDR4 {r.choice([2666, 3200, 3600])} CL{r.randrange(14, 20)}-{r.randrange(14, 22)}-{r.randrange(14, 22)}-{r.randrange(30, 44)}",
    "cpu": lambda r: f"i{r.choice([5, 7, 9])}-{r.randrange(8000, 14999)}K, {r.choice([8, 16, 32])} GB, {r.choice([256, 512])} GB SSD",
    "car": lambda r: f"BMW {r.choice([318, 320, 325, 530])}d, {r.randrange(1998, 2024)}, {r.randrange(20, 300)}.000 km, {r.randrange(80, 300)} PS",
    "engine code": lambda r: f"Engine code {_up(r, 2)}{_d(r, 2)}{_up(r, 1)}{_d(r, 2)}, {r.randrange(900, 4000)} cc",
    "mileage miles": lambda r: f"{r.randrange(10, 200)},{_d(r, 3)} miles, MOT until {r.randrange(1, 13)}/2027",
    "prices de": lambda r: f"Preis {r.randrange(1, 900)}.{_d(r, 3)} € VB, früher {r.randrange(1, 900)}.{_d(r, 3)} €",
    "prices many": lambda r: " ".join(f"${r.randrange(10, 999)}" for _ in range(r.randrange(3, 6))),
    "prices or": lambda r: f"${r.randrange(100, 999)} or ${r.randrange(100, 999)} with the case, ${r.randrange(1000, 9999)} all",
    "prix": lambda r: f"{r.randrange(1, 99)} {_d(r, 3)} € à débattre, charges {r.randrange(50, 300)} €",
    "rates": lambda r: f"{r.randrange(30, 90)}/h, {r.randrange(200, 500)}/day, {r.randrange(1000, 2500)}/week",
    "rent": lambda r: f"{r.randrange(400, 2500)} kalt, {r.randrange(500, 2900)} warm, Kaution {r.randrange(1000, 6000)}",
    "million": lambda r: f"{r.randrange(1, 999)},{_d(r, 3)},{_d(r, 3)} views on the channel",
    "stock": lambda r: f"{_d(r, 3)} {_d(r, 3)} {_d(r, 4)} pieces in stock",
    "percent": lambda r: " ".join(f"{r.randrange(1, 99)}%" for _ in range(5)),
    "lottery": lambda r: "Lottery numbers " + " ".join(f"{r.randrange(1, 50):02d}" for _ in range(6)),
    "lotto de": lambda r: "Lotto 6 aus 49: " + _sorted(r, 1, 50, 6),
    "counting": lambda r: r.choice(["one two three four five six seven eight nine ten", "1 2 3 4 5 6 7 8 9 10",
                                    "eins zwei drei vier fünf sechs sieben acht neun zehn", "10 9 8 7 6 5 4 3 2 1"]),
    "quantities said": lambda r: f"two tables, four chairs, six plates, {r.choice(['eight', 'ten', 'twelve'])} forks, one lamp and two rugs",
    "quantities de": lambda r: "zwei Tische, vier Stühle, sechs Teller, acht Gabeln, eine Lampe und zwei Teppiche",
    "years said": lambda r: f"nineteen {r.choice(['eighty', 'seventy', 'ninety'])} {r.choice(['five', 'six', 'four'])} edition",
    "years row": lambda r: " ".join(str(r.randrange(1950, 2026)) for _ in range(r.randrange(3, 6))) + " yearbooks",
    "school years": lambda r: f"{r.randrange(1960, 2000)}/{_d(r, 2)} and {r.randrange(2000, 2024)}/{_d(r, 2)} seasons",
    "vinyl": lambda r: f"LP {_up(r, 3)} {_d(r, 5)}, pressed {r.randrange(1960, 1990)}, matrix {_d(r, 6)}-A1",
    "stamps": lambda r: f"Michel {_d(r, 3)}-{_d(r, 3)}, {_d(r, 3)}, {_d(r, 3)}",
    "lego list": lambda r: "Lego " + " ".join(str(r.randrange(10000, 77000)) for _ in range(4)),
    "ikea": lambda r: f"IKEA {_d(r, 3)}.{_d(r, 3)}.{_d(r, 2)}, still packed",
    "postcodes": lambda r: "Delivery to " + ", ".join(_d(r, 5) for _ in range(4)),
    "postcodes gb": lambda r: f"{_up(r, 2)}{_d(r, 1)} {_d(r, 1)}{_up(r, 2)} and {_up(r, 1)}{_d(r, 2)} {_d(r, 1)}{_up(r, 2)}",
    "zip plus": lambda r: f"Springfield, IL {_d(r, 5)}-{_d(r, 4)}",
    "house": lambda r: f"Hauptstraße {r.randrange(1, 200)}, {_d(r, 5)} Berlin, {r.randrange(1, 6)}. OG",
    "address": lambda r: f"{_d(r, 4)} W {_d(r, 3)}th Street, Apt {_d(r, 2)}, {_d(r, 5)}",
    "tyre code": lambda r: f"{r.randrange(185, 255, 10)}/{r.randrange(40, 70, 5)} R{r.randrange(15, 20)} {r.randrange(80, 99)}H DOT {_d(r, 4)}",
    "bolt": lambda r: f"Wheels {r.randrange(15, 20)}x{r.choice(['7', '8', '8.5'])} {r.choice(['5x112', '4x100', '5x120'])} ET{r.randrange(20, 55)}",
    "electric": lambda r: f"{r.choice([110, 220, 230])} V, {r.choice([50, 60])} Hz, {r.randrange(500, 3000)} W, {r.randrange(2, 16)} A",
    "battery": lambda r: f"{r.choice([36, 48])} V {r.choice(['10.4', '13', '17.5'])} Ah {r.randrange(300, 900)} Wh",
    "drill": lambda r: "Bits " + ", ".join(f"{r.randrange(1, 13)}.{r.choice('05')}" for _ in range(6)) + " mm",
    "decimals": lambda r: " ".join(f"{r.randrange(0, 10)}.{_d(r, 2)}" for _ in range(4)),
    "fractions": lambda r: "1/2 3/4 5/8 1/4 3/8 7/16 inch spanners",
    "ratio": lambda r: f"Gear {r.randrange(22, 50)}-{r.randrange(34, 53)}, cassette {r.randrange(10, 12)}-{r.randrange(25, 36)}",
    "fax of parts": lambda r: f"P/N {_d(r, 3)}-{_d(r, 3)}-{_d(r, 4)}",
    "sn": lambda r: f"S/N: {_d(r, 10)}",
    "oem": lambda r: f"OEM {_d(r, 3)} {_d(r, 3)} {_d(r, 2)} {_d(r, 2)}",
    "mercedes": lambda r: f"A {_d(r, 3)} {_d(r, 3)} {_d(r, 2)} {_d(r, 2)}, original part",
    "case number": lambda r: f"Case no. {_d(r, 2)}-{_d(r, 8)}",
    "tracking ups": lambda r: f"Tracking 1Z{_up(r, 3)}{_d(r, 11)}",
    "licence": lambda r: f"Licence # {_d(r, 8)}, insured",
    "tax": lambda r: f"EIN {_d(r, 2)}-{_d(r, 7)}",
    "siret": lambda r: f"SIRET {_d(r, 3)} {_d(r, 3)} {_d(r, 3)} {_d(r, 5)}",
    "vat gb": lambda r: f"VAT GB {_d(r, 3)} {_d(r, 4)} {_d(r, 2)}",
    "steuer": lambda r: f"Steuernummer {_d(r, 3)}/{_d(r, 4)}/{_d(r, 4)}",
    "hrb": lambda r: f"HRB {_d(r, 5)}, USt-IdNr. DE{_d(r, 9)}",
    "order after": lambda r: f"{_d(r, 10)} is the order number, delivery was last week",
    "membership": lambda r: f"Member ID {_d(r, 10)} can be passed on",
    "ticket": lambda r: f"Ticket {_d(r, 10)}, row {r.randrange(1, 40)}, seats {r.randrange(1, 30)} and {r.randrange(1, 30)}",
    "wheelbase": lambda r: f"Stack {r.randrange(500, 650)}, reach {r.randrange(350, 480)}, head angle {r.randrange(63, 74)}.5",
    "photo": lambda r: f"IMG_{_d(r, 4)}.jpg, DSC0{_d(r, 4)}, taken at 1/{r.choice([125, 250, 500])}",
    "hash": lambda r: f"Lot #{_d(r, 4)}-{_d(r, 3)}",
    "bible": lambda r: f"Psalm {r.randrange(1, 150)}:{r.randrange(1, 30)}-{r.randrange(30, 50)} embroidery",
    "pieces de": lambda r: f"{r.randrange(2, 20)} Stück à {r.randrange(2, 20)},{_d(r, 2)} Euro, zusammen {r.randrange(50, 200)},{_d(r, 2)} Euro",
    "weights": lambda r: "Dumbbells 2 4 6 8 10 12 15 20 kg",
    "strings": lambda r: "Gauges 010 013 017 026 036 046",
    "chess": lambda r: f"Elo {r.randrange(1200, 2600)}, {r.randrange(1200, 2600)} and {r.randrange(1200, 2600)} players",
    "knots": lambda r: f"Boat {r.randrange(20, 50)} ft, {r.randrange(1000, 9000)} hours, 2 x {r.randrange(100, 400)} hp, draft 1.8",
    "emission": lambda r: f"CO2 {r.randrange(90, 250)} g/km, {r.choice(['4,5', '6,2'])} l/100 km, Euro {r.randrange(4, 7)}",
    "key": lambda r: "Key " + "-".join(_up(r, 2) + _d(r, 3) for _ in range(5)),
    "odd rows": lambda r: f"Rows {r.randrange(1, 30)}-{r.randrange(30, 60)}, seats {r.randrange(100, 200)}-{r.randrange(200, 300)}",
    "pack sizes": lambda r: f"Packs of {r.randrange(2, 20)}/{r.randrange(20, 50)}/{r.randrange(50, 100)}/{r.randrange(100, 500)}",
    "phone for sale": lambda r: f"Nokia {r.choice([3310, 6230, 8110, 5110])}, Samsung S{r.randrange(8, 24)}, {r.choice([64, 128])} GB, {r.randrange(70, 100)} % battery",
}  # fmt: skip
