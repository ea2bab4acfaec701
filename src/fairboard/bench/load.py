"""A load generator: keep-alive connections over raw sockets, in a process of its own.

``python -m fairboard.bench.load PORT CONNECTIONS SECONDS < addresses`` prints one JSON object.
"""

import json
import socket
import sys
import threading
import time
from itertools import cycle, islice
from typing import Any


def main() -> None:
    """Read the addresses from standard input and load the server."""
    port, connections, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    requests = [_request(line.strip()) for line in sys.stdin if line.strip()]
    latencies: list[list[float]] = [[] for _ in range(connections)]
    errors: list[str] = []
    start = time.perf_counter() + 0.1
    threads = [
        threading.Thread(target=_client, args=(port, requests, number * 7, start + seconds, latencies[number], errors))
        for number in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = sorted(value for part in latencies for value in part)
    elapsed = time.perf_counter() - start
    print(json.dumps(_figures(every, elapsed, errors)))


def _figures(every: list[float], elapsed: float, errors: list[str]) -> dict[str, Any]:
    if not every:
        return {"rate": 0.0, "p50": 0.0, "p99": 0.0, "requests": 0, "errors": errors[:3]}
    return {
        "rate": len(every) / elapsed, "p50": every[len(every) // 2] * 1000,
        "p99": every[int(len(every) * 0.99)] * 1000, "requests": len(every), "errors": errors[:3],
        "client_cpu": time.process_time() / elapsed,
    }  # fmt: skip


def _request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n".encode()


def _client(
    port: int, requests: list[bytes], skip: int, until: float, latencies: list[float], errors: list[str]
) -> None:
    stream = socket.create_connection(("127.0.0.1", port), timeout=60)
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for request in islice(cycle(requests), skip, None):
        began = time.perf_counter()
        if began > until:
            break
        stream.sendall(request)
        status = _read(stream)
        latencies.append(time.perf_counter() - began)
        if status != b"200":
            errors.append(f"{status.decode()} {request[:80].decode()}")
    stream.close()


def _read(stream: socket.socket) -> bytes:
    data = stream.recv(262_144)
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += stream.recv(262_144)
    head = data[:end].lower()
    at = head.find(b"content-length:")
    length = int(head[at + 15 : head.find(b"\r\n", at) if head.find(b"\r\n", at) > 0 else None])
    missing = end + 4 + length - len(data)
    while missing > 0:
        missing -= len(stream.recv(262_144))
    return data[9:12]


if __name__ == "__main__":
    main()
