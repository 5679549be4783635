"""The page /bench: tap cards, scan codes, move books, take the paper out, cut the network; and see what happens."""

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec
from aiohttp import web

from samut_edge.events import CardKind, Input
from samut_edge.own_page import is_from_own_page
from samut_edge.virtual.bench_state import bench_state
from samut_edge.virtual.faults import BenchError
from samut_edge.virtual.printer_works import Paper
from samut_edge.virtual.tag_field import Fault, TagField, TagKind

if TYPE_CHECKING:
    from samut_edge.virtual.bench import VirtualBench

PAGE = Path(__file__).parent / "page"
ASSETS = ("bench.css", "bench.js", "bench.svg")
SAFE = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
SIGN_OF_LIFE_SECONDS = 10.0
MOST_PARTS = 255


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a visitor wants to be done."""


class Tap(Wish, frozen=True):
    part: str
    kind: CardKind
    value: str


class Scan(Wish, frozen=True):
    part: str
    text: str


class Move(Wish, frozen=True):
    """`on`: onto the pad, or off it."""

    part: str
    barcode: str
    on: bool


class LayTag(Wish, frozen=True):
    """Disc `number` of `of`, or a tag that is no item at all."""

    part: str
    kind: TagKind
    barcode: str = ""
    number: int = 1
    of: int = 1


class LiftTag(Wish, frozen=True):
    part: str
    chip: str


class SpoilTag(Wish, frozen=True):
    """What will happen at the next write to this tag."""

    part: str
    chip: str
    fault: Fault


class SetPaper(Wish, frozen=True):
    part: str
    paper: Paper


class Plug(Wish, frozen=True):
    """Serial devices."""

    part: str
    plugged_in: bool


class SetWire(Wish, frozen=True):
    """Press a button of a gate, open its door, ring the fire alarm; or let go."""

    part: str
    wire: Input
    active: bool


class Walk(Wish, frozen=True):
    """One person through the beams."""

    part: str
    inwards: bool


class Network(Wish, frozen=True):
    joined: bool


Kind = TypeVar("Kind", bound=Wish)
Thing = TypeVar("Thing")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def bench_routes(bench: "VirtualBench") -> list[web.RouteDef]:
    return [
        web.get("/bench", functools.partial(_file, PAGE / "bench.html")),
        *[web.get(f"/bench/{name}", functools.partial(_file, PAGE / name)) for name in ASSETS],
        web.get("/bench/state", functools.partial(_state, bench)),
        web.get("/bench/events", functools.partial(_events, bench)),
        web.get("/bench/slips/{part}/{number}.png", functools.partial(_slip, bench)),
        _post("/bench/tap", bench, Tap, _tap),
        _post("/bench/scan", bench, Scan, _scan),
        _post("/bench/pad", bench, Move, _move),
        _post("/bench/tag", bench, LayTag, _lay_tag),
        _post("/bench/tag/lift", bench, LiftTag, _lift_tag),
        _post("/bench/tag/spoil", bench, SpoilTag, _spoil_tag),
        _post("/bench/paper", bench, SetPaper, _set_paper),
        _post("/bench/plug", bench, Plug, _plug),
        _post("/bench/wire", bench, SetWire, _set_wire),
        _post("/bench/walk", bench, Walk, _walk),
        _post("/bench/network", bench, Network, _network),
    ]


async def _tap(bench: "VirtualBench", wish: Tap) -> None:
    await _named(bench.readers, wish.part).tap(wish.kind, wish.value)


async def _scan(bench: "VirtualBench", wish: Scan) -> None:
    await _named(bench.readers, wish.part).tap(CardKind.NUMBER, wish.text)


async def _move(bench: "VirtualBench", wish: Move) -> None:
    pad = _named(bench.pads, wish.part)
    if wish.on:
        pad.put(wish.barcode)
    else:
        pad.take(wish.barcode)


async def _lay_tag(bench: "VirtualBench", wish: LayTag) -> None:
    if not 1 <= wish.number <= wish.of <= MOST_PARTS:
        raise BenchError("เลขลำดับแผ่นต้องไม่เกินจำนวนแผ่นของชุด", "The number of a disc must not be above that of the set.")
    _tags_of(bench, wish.part).lay(wish.kind, wish.barcode, parts=wish.of, part=wish.number)


async def _lift_tag(bench: "VirtualBench", wish: LiftTag) -> None:
    _tags_of(bench, wish.part).take_tag(wish.chip)


async def _spoil_tag(bench: "VirtualBench", wish: SpoilTag) -> None:
    tag = _tags_of(bench, wish.part).lying.get(wish.chip)
    if tag is None:
        raise BenchError("แท็กนี้ไม่ได้วางอยู่แล้ว", "This tag does not lie there any more.")
    tag.faults = [wish.fault]


def _tags_of(bench: "VirtualBench", part: str) -> TagField:
    pad = _named(bench.pads, part)
    if not isinstance(pad, TagField):
        raise BenchError("แท่นนี้อ่านได้เฉพาะเลขของแท็ก", "This pad reads only the numbers of tags.")
    return pad


async def _set_paper(bench: "VirtualBench", wish: SetPaper) -> None:
    await _named(bench.printers, wish.part).set_paper(wish.paper)


async def _plug(bench: "VirtualBench", wish: Plug) -> None:
    plug = _named(bench.plugs, wish.part)
    if wish.plugged_in:
        plug.plug_in()
    else:
        plug.unplug()


async def _set_wire(bench: "VirtualBench", wish: SetWire) -> None:
    gate = _named(bench.gates, wish.part)
    _named(gate.is_active, wish.wire)
    gate.set(wish.wire, wish.active)


async def _walk(bench: "VirtualBench", wish: Walk) -> None:
    gate = _named(bench.gates, wish.part)
    _named(gate.is_active, Input.BEAM_OUTER)
    await gate.walk(wish.inwards)


async def _network(bench: "VirtualBench", wish: Network) -> None:
    if wish.joined:
        bench.cable.join()
    else:
        bench.cable.cut()
    bench.changed()


def _named(things: dict[str, Thing], part: str) -> Thing:
    try:
        return things[part]
    except KeyError:
        raise BenchError(f"ไม่มีอุปกรณ์ชื่อ “{part}” ที่ทำเช่นนี้ได้", f"No part “{part}” here can do that.") from None


def _post(
    path: str, bench: "VirtualBench", kind: type[Kind], do: Callable[["VirtualBench", Kind], Awaitable[None]]
) -> web.RouteDef:
    async def handle(request: web.Request) -> web.Response:
        if not is_from_own_page(request):
            return _refusal(403, "คำสั่งต้องมาจากหน้านี้เท่านั้น", "Only this page may ask for that.")
        try:
            await do(bench, msgspec.json.decode(await request.read(), type=kind))
        except msgspec.DecodeError as error:
            return _refusal(400, "คำสั่งไม่ถูกต้อง", f"Not understood: {error}")
        except BenchError as error:
            return _refusal(409, error.thai, error.english)
        return web.Response(status=204, headers=SAFE)

    return web.post(path, handle)


def _refusal(status: int, thai: str, english: str) -> web.Response:
    return web.json_response({"th": thai, "en": english}, status=status, headers=SAFE)


async def _file(path: Path, _: web.Request) -> web.StreamResponse:
    return web.FileResponse(path, headers=SAFE)


async def _state(bench: "VirtualBench", _: web.Request) -> web.Response:
    body = msgspec.json.encode(bench_state(bench))
    return web.Response(body=body, content_type="application/json", headers=SAFE)


async def _slip(bench: "VirtualBench", request: web.Request) -> web.Response:
    printer = bench.printers.get(request.match_info["part"])
    number = request.match_info["number"]
    slip = printer.slip(int(number)) if printer and number.isdecimal() else None
    if slip is None:
        raise web.HTTPNotFound(headers=SAFE)
    return web.Response(body=slip, content_type="image/png", headers=SAFE)


async def _events(bench: "VirtualBench", request: web.Request) -> web.StreamResponse:
    """The whole state, each time something changed."""
    stream = web.StreamResponse(headers={**SAFE, "Content-Type": "text/event-stream"})
    await stream.prepare(request)
    with contextlib.suppress(ConnectionError):  # the visitor went away
        while not bench.is_closed:
            version = bench.version
            await stream.write(b"data: %s\n\n" % msgspec.json.encode(bench_state(bench)))
            await _change_or_sign_of_life(bench, stream, version)
    return stream


async def _change_or_sign_of_life(bench: "VirtualBench", stream: web.StreamResponse, version: int) -> None:
    while bench.version == version and not bench.is_closed:
        try:
            async with asyncio.timeout(SIGN_OF_LIFE_SECONDS):
                await bench.changed_since(version)
        except TimeoutError:
            await stream.write(b": here\n\n")
