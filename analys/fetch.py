"""Population from SCB's database (PxWebApi 2), with the raw answer kept and registered before anything is made of it.

SCB allows 30 calls in 10 seconds and 150 000 cells a call (SCB, "PxWebApi 2.0", settings of its database). The request
leaves out sex, age and marital status, so that SCB itself eliminates them, or names the values that mean all: its totals
are taken, never summed here.
HTTP is urllib3's: the one kept library that streams an answer with a deadline and adds no further dependency.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from math import prod
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import urllib3

import analys
from analys import normalise, register, registering
from analys.errors import AnalysError, told
from analys.files import write_atomically
from analys.intake import population as intake
from analys.intake.result import ReadResult
from analys.population import shipped
from analys.project import Project, required

SCB: Final = "https://statistikdatabasen.scb.se/api/v2"
FIRST_YEAR: Final = 1968
MAX_CELLS: Final = 150_000
MAX_BYTES: Final = 64 * 1024 * 1024
_CALLS, _SECONDS = 30, 10.0
_RETRIED: Final = {429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Table:
    """How a table of SCB's database is asked for the population of municipalities.

    ``totals`` are the values that mean all, by variable, where the database does not leave the variable out by itself.
    """

    id: str
    contents: str
    codelist: str
    totals: Mapping[str, str]


#: 1968-2024, and from :data:`analys.intake.population.NOISE_FROM` (metadata of the tables, retrieved 2026-09-13: ages and
#: civil statuses of TAB5557 cannot be left out).
TABLES: Final = (
    Table("TAB638", "BE0101N1", "vs_RegionKommun07", {}),
    Table("TAB5557", "000007ME", "vs_CKM03Kommun", {"Civilstand": "SC", "Alder": "TotSA", "Kon": "TotSa"}),
)


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds: for a connection, for the next bytes, for the whole answer with all attempts."""

    connect: float = 5
    read: float = 20
    total: float = 60
    attempts: int = 5
    first_pause: float = 0.5


@dataclass(frozen=True)
class Fetched:
    """``path`` holds the raw answer; ``differs_from`` is an earlier answer to the same request that says otherwise.

    ``missing`` are the municipalities that were asked for and are not in the answer, ``corrected`` those whose figure is
    not the one that ships with the package; by code.
    """

    path: Path
    result: ReadResult
    missing: tuple[str, ...]
    corrected: tuple[str, ...]
    differs_from: Path | None


class _RateLimit:
    """Lets at most ``calls`` through in any ``seconds``; for one process."""

    def __init__(self, calls: int, seconds: float) -> None:
        self.calls, self.seconds = calls, seconds
        self._recent: deque[float] = deque()

    def wait(self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:
        while len(self._recent) >= self.calls and (left := self._recent[0] + self.seconds - clock()) > 0:
            sleep(left)
        if len(self._recent) >= self.calls:
            self._recent.popleft()
        self._recent.append(clock())


_limit = _RateLimit(_CALLS, _SECONDS)


class _TryAgainError(Exception):
    """An answer that another attempt may better; ``after`` is what the server asked for, in seconds."""

    def __init__(self, message: str, after: float = 0) -> None:
        self.after = after
        super().__init__(message)


def population(
    year: int,
    county: str | None = None,
    *,
    base: str = SCB,
    patience: Patience = Patience(),
) -> Fetched:
    """The municipalities' population on 31 December of ``year``; ``county`` (code or name) takes one county's.

    Keeps the answer in the current project and registers it with its request, time and sha256. An answer that differs
    from an earlier one to the same request is kept beside it. Raises :class:`AnalysError` when none is usable.
    """
    today = dt.date.today()
    if not FIRST_YEAR <= year <= today.year or dt.date(year, 12, 31) > today:
        raise AnalysError(f"--year {year}: väntade ett år från {FIRST_YEAR} vars 31 december har varit")
    code = _county_code(county)
    codes = [region.code for region in register.municipalities(code)]
    table = TABLES[year >= intake.NOISE_FROM]
    url = f"{base.rstrip('/')}/tables/{table.id}/data?lang=sv&outputFormat=json-stat2"
    body = {"selection": _selection(table, codes, year)}
    cells = prod(len(variable["valueCodes"]) for variable in body["selection"])
    if cells > MAX_CELLS:
        raise AnalysError(f"frågan gäller {cells} celler; SCB lämnar högst {MAX_CELLS} åt gången")
    answer = _post(url, body, patience)
    name = f"scb-{table.id.lower()}-{year}" + (f"-{code}" if code else "")
    here = required()
    package = registering.content(here)
    path, differs_from, result = _keep(here.raw, package, name, answer, f"{year}-12-31", codes)
    _register(here, package, path, answer, {"method": "POST", "url": url, "body": body}, year)
    normalise.write_fetched()
    found = dict(zip(result.frame["regionkod"], result.frame["folkmangd"], strict=True))
    missing = [known for known in codes if known not in found]
    known = {known: persons for (known, day), persons in shipped().items() if day == dt.date(year, 12, 31)}
    corrected = [each for each, persons in found.items() if known.get(each, persons) != persons]
    return Fetched(path, result, tuple(missing), tuple(corrected), differs_from)


def _selection(table: Table, codes: list[str], year: int) -> list[dict[str, Any]]:
    return [
        {"variableCode": "Region", "codelist": table.codelist, "valueCodes": codes},
        *({"variableCode": variable, "valueCodes": [total]} for variable, total in table.totals.items()),
        {"variableCode": "ContentsCode", "valueCodes": [table.contents]},
        {"variableCode": "Tid", "valueCodes": [str(year)]},
    ]


def _county_code(county: str | None) -> str | None:
    if county is None:
        return None
    region = register.resolve(county)
    if region.is_municipality or region.code == "00":
        raise AnalysError(f"--county {county}: {region.name} är inget län; väntade en kod som 05")
    return region.code


def _post(url: str, body: Mapping[str, Any], patience: Patience) -> bytes:
    """The answer's bytes: a whole JSON text. Tries again, with growing pauses, what may pass."""
    if not _is_web_address(url):
        raise AnalysError(f"{url}: väntade en adress som börjar med http:// eller https://")
    deadline = time.monotonic() + patience.total
    pause = patience.first_pause
    with _pool(url) as pool:
        for attempt in range(1, patience.attempts + 1):
            try:
                left = max(0.1, deadline - time.monotonic())
                timeout = urllib3.Timeout(connect=min(patience.connect, left), read=min(patience.read, left))
                return _in_time(partial(_attempt, pool, url, body, timeout, deadline), deadline)
            except (_TryAgainError, urllib3.exceptions.HTTPError) as error:
                reason = str(error) or type(error).__name__
                wait = max(getattr(error, "after", 0), pause * random.uniform(1, 1.5))
            if attempt == patience.attempts or time.monotonic() + wait > deadline:
                break
            time.sleep(wait)
            pause *= 2
    attempts = "1 försök" if attempt == 1 else f"{attempt} försök, det sista"
    raise AnalysError(f"{url}: inget användbart svar efter {attempts}: {reason}; försök igen senare")


def _in_time(attempt: Callable[[], bytes], deadline: float) -> bytes:
    """The attempt's answer, or :class:`_TryAgainError` at the deadline: a name that is never looked up, or an answer
    that trickles in below the reader's time limit, byte by byte, must not hold anybody up."""
    outcome: list[bytes | BaseException] = []

    def run() -> None:
        try:
            outcome.append(attempt())
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(max(0.1, deadline - time.monotonic()))
    if not outcome:
        raise _TryAgainError("svaret kom för långsamt")
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


def _is_web_address(url: str) -> bool:
    try:
        address = urlsplit(url)
        return address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
    except ValueError:
        return False


def _pool(url: str) -> urllib3.PoolManager:
    """Connections, through the proxy that the environment or the system names, if any."""
    settings: dict[str, Any] = {
        "retries": False,
        "headers": {"User-Agent": f"analys/{analys.__version__}", "Accept": "application/json"},
    }
    address = urlsplit(url)
    proxy = urllib.request.getproxies().get(address.scheme)
    if proxy and not urllib.request.proxy_bypass(address.hostname or ""):
        return urllib3.ProxyManager(proxy, **settings)
    return urllib3.PoolManager(**settings)


def _attempt(
    pool: urllib3.PoolManager, url: str, body: Mapping[str, Any], timeout: urllib3.Timeout, deadline: float
) -> bytes:
    _limit.wait()
    response = pool.request("POST", url, json=body, timeout=timeout, preload_content=False, decode_content=True)
    try:
        content = _read(response, deadline)
    finally:
        response.close()
    status, kind = response.status, response.headers.get("Content-Type", "")
    beginning = " ".join(content[:200].decode("utf-8", errors="replace").split())
    if status in _RETRIED:
        after = _retry_after(response.headers.get("Retry-After", ""))
        asked = f" (servern ber om {after:.0f} s tålamod)" if after else ""
        raise _TryAgainError(f"{_phrase(status)}{asked}: {beginning}", after)
    if moved := response.get_redirect_location():
        raise AnalysError(f"{url}: flyttad till {moved}; stämmer det, ange början av adressen med --url")
    if status != HTTPStatus.OK:
        raise AnalysError(f"{url}: {_phrase(status)}: {beginning or 'ingen förklaring'}")
    if "json" not in kind.lower():
        raise AnalysError(f"{url}: väntade JSON, fann {kind or 'ingen innehållstyp'}: {beginning}")
    try:
        json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _TryAgainError(f"svaret är avbrutet eller ingen JSON ({error})") from error
    return content


def _read(response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    content = bytearray()
    while block := response.read1(65_536):
        content += block
        if len(content) > MAX_BYTES:
            raise AnalysError(f"svaret är längre än {MAX_BYTES // 1024 // 1024} MiB")
        if time.monotonic() > deadline:
            raise _TryAgainError("svaret kom för långsamt")
    return bytes(content)


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _retry_after(header: str) -> float:
    """Seconds, from a number or a date (RFC 9110, 10.2.3); anything else is left to the growing pauses."""
    if header.isascii() and header.isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return max(0.0, (moment - dt.datetime.now(dt.UTC)).total_seconds())


def _keep(
    raw: Path, package: Mapping[str, Any], name: str, answer: bytes, date: str, codes: list[str]
) -> tuple[Path, Path | None, ReadResult]:
    """Where the answer lies, the earlier answer that it differs from, and what it says."""
    folder = raw / "statistik" / "scb"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AnalysError(f"{folder}: svaret kan inte sparas där: {told(error)}") from error
    path, differs_from = folder / f"{name}.json", None
    registered = [entry.get("hash") for entry in package["resources"] if entry.get("path") == _relative(raw, path)]
    now = registering.seal(answer)["hash"]
    if (path.exists() and path.read_bytes() != answer) or any(known != now for known in registered):
        differs_from = path
        path = folder / f"{name}-{hashlib.sha256(answer).hexdigest()[:8]}.json"
    is_new = not path.exists()
    if is_new:
        write_atomically(path, answer)
    try:
        result = intake.read(path)
        if found := set(result.frame["referensdatum"]) - {date}:
            raise AnalysError(f"väntade folkmängden {date}, fann {', '.join(sorted(found)[:3])}")
        if found := set(result.frame["regionkod"]) - set(codes):
            raise AnalysError(f"väntade bara de efterfrågade regionerna, fann också {', '.join(sorted(found)[:3])}")
    except AnalysError as error:
        if is_new:
            path.unlink()
        raise AnalysError(f"svaret är ingen folkmängdstabell: {error}") from error
    return path, differs_from, result


def _relative(raw: Path, path: Path) -> str:
    return path.relative_to(raw).as_posix()


def _register(
    here: Project, package: dict[str, Any], path: Path, answer: bytes, request: Mapping[str, Any], year: int
) -> None:
    """Add the raw file to the register, unless it is there: an unchanged answer keeps its first retrieval."""
    relative = _relative(here.raw, path)
    if any(resource.get("path") == relative for resource in package["resources"]):
        return
    told = json.loads(answer)
    package["resources"].append(
        {
            "name": path.stem,
            "path": relative,
            "title": f"Folkmängd 31 december {year}, kommuner (svar från Statistikdatabasen)",
            "description": "Svaret som det kom, i json-stat2.",
            "format": "json",
            "mediatype": "application/json",
            **registering.seal(answer),
            "documentDate": str(told.get("updated") or "okand")[:10],
            "registryNumber": "saknas (statistik)",
            "temporal": {"start": f"{year}-12-31", "end": f"{year}-12-31"},
            "retrieved": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "request": dict(request),
            "sources": [{"title": f"SCB, {told.get('label')} (Statistikdatabasen)", "path": request["url"]}],
            "licenses": [
                {
                    "name": "CC0-1.0",
                    "title": "Creative Commons Zero 1.0 (SCB:s öppna data)",
                    "path": "https://creativecommons.org/publicdomain/zero/1.0/",
                }
            ],
        }
    )
    registering.write(here, package)
