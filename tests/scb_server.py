"""A local server that answers in the shape of SCB's PxWebApi 2, and misbehaves when told to."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

#: By table: contents, codelist of municipalities, the totals of variables that are not left out by themselves, years.
TABLES: dict[str, tuple[str, str, dict[str, str], set[str]]] = {
    "TAB638": ("BE0101N1", "vs_RegionKommun07", {}, {str(year) for year in range(1968, 2025)}),
    "TAB5557": (
        "000007ME", "vs_CKM03Kommun", {"Civilstand": "SC", "Alder": "TotSA", "Kon": "TotSa"}, {"2025"},
    ),
}  # fmt: skip
LABELS = {
    "BE0101N1": "Folkmängd", "000007ME": "Folkmängd", "SC": "totalt, samtliga civilstånd",
    "TotSA": "totalt, samtliga åldrar", "TotSa": "totalt, samtliga män och kvinnor",
}  # fmt: skip


class SCB:
    """``plan`` is what to do with the next calls, in order; afterwards all calls are answered well."""

    def __init__(self, figures: dict[tuple[str, str], int | None]) -> None:
        self.figures = figures
        self.plan: list[str] = []
        self.calls: list[dict[str, Any]] = []
        self.url = ""
        self.retry_after = "0"

    def refusal(self, table: str, body: dict[str, Any]) -> str:
        """Why SCB would answer 400, or nothing."""
        contents, codelist, totals, years = TABLES[table]
        chosen = {variable["variableCode"]: variable["valueCodes"] for variable in body["selection"]}
        codelists = {variable.get("codelist", codelist) for variable in body["selection"]}
        if chosen.keys() - {"Region", "Civilstand", "Alder", "Kon", "ContentsCode", "Tid"}:
            return "Non-existent variable"
        if {"ContentsCode", "Tid", *totals} - {"Kon"} - chosen.keys():
            return "Missing selection for mandatory variable"
        if codelists != {codelist}:
            return "Non-existent codelist"
        values = {value for name, of in chosen.items() if name not in ("Region", "Tid") for value in of}
        if not set(chosen["Tid"]) <= years or not values <= {contents, *totals.values()}:
            return "Non-existent value"
        return ""

    def answer(self, body: dict[str, Any]) -> bytes:
        chosen = {variable["variableCode"]: variable["valueCodes"] for variable in body["selection"]}
        regions, years = chosen["Region"], chosen["Tid"]
        content = {
            "version": "2.0",
            "class": "dataset",
            "label": "Folkmängd efter region, tabellinnehåll och år",
            "source": "SCB",
            "updated": "2025-02-21T07:00:00Z",
            "role": {"time": ["Tid"], "metric": ["ContentsCode"]},
            "id": list(chosen),
            "size": [len(codes) for codes in chosen.values()],
            "dimension": {
                name: {
                    "label": name,
                    "category": {"index": codes, "label": {code: LABELS.get(code, code) for code in codes}},
                }
                for name, codes in chosen.items()
            },
            "value": [self.figures.get((region, year)) for region in regions for year in years],
        }
        return json.dumps(content).encode()


@contextmanager
def serve(figures: dict[tuple[str, str], int | None]) -> Iterator[SCB]:
    """The server's address is ``url`` of what is yielded."""
    scb = SCB(figures)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            address = urlsplit(self.path)
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            scb.calls.append({"path": address.path, "query": parse_qs(address.query), "body": body})
            step = scb.plan.pop(0) if scb.plan else "well"
            content, status, kind, length = scb.answer(body), 200, "application/json; charset=utf-8", None
            if refusal := scb.refusal(address.path.split("/")[-2], body):
                content, status, kind = json.dumps({"title": refusal}).encode(), 400, "application/problem+json"
            elif step.isdigit():
                content, status, kind = b'{"title": "not today"}', int(step), "application/problem+json"
            elif step == "moved":
                status = 308
            elif step == "html":
                content, kind = "<html>Underhåll</html>".encode(), "text/html"
            elif step == "cut":
                content, length = content[:-200], len(content)
            elif step == "half":
                content = content[:-200]
            elif step == "empty":
                content = b"{}"
            elif step == "squeezed":
                content = gzip.compress(content)
            elif step == "trickle":
                for byte in b"HTTP/1.1 200 OK\r\nContent-Type: " + b"x" * 1000:
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.05)
                return
            self.send_response(status)
            self.send_header("Content-Type", kind)
            if step == "squeezed":
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(length or len(content)))
            if status == 429:
                self.send_header("Retry-After", scb.retry_after)
            if status == 308:
                self.send_header("Location", "http://127.0.0.1:9/ny/adress")
            self.send_header("Connection", "close")
            self.end_headers()
            if step == "slow":
                time.sleep(0.6)
            for byte in content if step == "drip" else ():
                self.wfile.write(bytes([byte]))
                time.sleep(0.05)
            if step != "drip":
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            with suppress(BrokenPipeError, ConnectionResetError):
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.block_on_close = True, False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    scb.url = f"http://127.0.0.1:{server.server_address[1]}/api/v2"
    try:
        yield scb
    finally:
        server.shutdown()
        server.server_close()
