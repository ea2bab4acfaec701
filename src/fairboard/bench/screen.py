"""`fairboard bench screen`: the whole text pipeline in bulk, on one core."""

import gc
import time

from fairboard.bench.report import Report, median
from fairboard.demo.generate import ads
from fairboard.screening import Document, screen


def run(ads_count: int, seed: int, runs: int) -> Report:
    """Ads a second of processor time over generated texts, the stores empty."""
    report = Report("screen", {"ads": ads_count, "seed": seed, "runs": runs})
    documents = [
        Document(
            one.external_id, {"title": one.draft.title, "body": one.draft.body}, one.draft.category, one.draft.place,
            one.draft.place[:2].upper(),
        )
        for one in ads(seed=seed, count=ads_count)
    ]  # fmt: skip
    for document in documents[:200]:
        screen(document)
    gc.freeze()  # as the processes of the product and an import do: the program is no garbage
    rates = []
    for _ in range(runs):
        began = time.process_time()
        for document in documents:
            screen(document)
        rates.append(len(documents) / (time.process_time() - began))
    length = sum(len(text) for one in documents for text in one.fields.values()) / len(documents)
    report.add(what="whole text pipeline", rate=median(rates), characters=length)
    return report
