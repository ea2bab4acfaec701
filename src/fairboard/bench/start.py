"""`fairboard bench start`: from the command to the first page, and the memory of the idle product."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from fairboard.bench import data, servers
from fairboard.bench.report import Report, median

IDLE = 10


def run(ads: int, seed: int, runs: int, base: Path, console: Console) -> Report:
    """Seconds to the first page by the clock and of the processor, MiB of all processes after ten idle seconds."""
    report = Report("start", {"ads": ads, "seed": seed, "runs": runs})
    full = data.folder(base, ads, seed, console)
    for what, folder in (("empty market, first start", None), ("empty market, again", "again"), (f"{ads:,} ads", full)):
        seconds, processor, memory, unique, anonymous = [], [], [], [], []
        kept = Path(tempfile.mkdtemp(prefix="fairboard-start-"))
        for number in range(runs + (1 if folder == "again" else 0)):
            target = kept / str(number) if folder is None else kept / "data" if folder == "again" else Path(folder)
            took, worked, (rss, pss, own) = _once(target)
            if folder == "again" and number == 0:
                continue
            seconds.append(took)
            processor.append(worked)
            memory.append(rss)
            unique.append(pss)
            anonymous.append(own)
        shutil.rmtree(kept, ignore_errors=True)
        report.add(
            what=what, seconds=median(seconds), processor_seconds=median(processor), rss_mib=median(memory),
            pss_mib=median(unique), own_mib=median(anonymous),
        )  # fmt: skip
    report.notes.append(
        "pss counts memory shared by several processes once; rss counts it in each; own is pss without mapped files: "
        "the database is one, and what was read of it is kept by the system as long as nobody else wants the memory."
    )
    return report


def _once(folder: Path) -> tuple[float, float, tuple[float, float, float]]:
    port = servers.free_port()
    environment = {**os.environ, "FAIRBOARD_DATA_DIR": str(folder), "FAIRBOARD_DEMO": "0"}
    environment.pop("FAIRBOARD_DATABASE_URL", None)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed product has what Python compiled
    command = [sys.executable, "-m", "fairboard.cli.main", "run", "--port", str(port)]
    began = time.perf_counter()
    program = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        _first_page(port)
        took, worked = time.perf_counter() - began, _processor(program.pid)
        time.sleep(IDLE)
        memory = _memory(program.pid)
    finally:
        program.terminate()
        program.wait(30)
    return took, worked, memory


def _first_page(port: int) -> None:
    for _ in range(1200):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
                if answer.status == 200:
                    return
        except (OSError, urllib.error.URLError):
            time.sleep(0.02)
    raise RuntimeError("the product did not answer")


def _memory(pid: int) -> tuple[float, float, float]:
    """RSS, PSS and the part of PSS that is no mapped file, of a process and all below it, in MiB."""
    rss = pss = own = 0.0
    for one in _family(pid):
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        values = {line.split(":")[0]: int(line.split()[1]) for line in text.splitlines()[1:] if " kB" in line}
        rss += values.get("Rss", 0) / 1024
        pss += values.get("Pss", 0) / 1024
        own += (values.get("Pss_Anon", 0) + values.get("Pss_Shmem", 0)) / 1024
    return rss, pss, own


def _processor(pid: int) -> float:
    """Seconds of the processor that a process and all below it took, those that ended included."""
    ticks = 0
    for one in _family(pid):
        with suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> list[int]:
    found = [pid]
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found += _family(int(path.parent.name))
    return found
