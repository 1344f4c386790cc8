"""The pictures of drawn covers. Each is a function; adding one is writing it and naming it in `PICTURES`."""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, radians, sin
from xml.sax.saxutils import escape

from talehouse.lib.covers.colours import Palette, contrast
from talehouse.lib.covers.dice import Dice

Art = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the title may stand: between two heights, and whether it is centred."""

    top: float
    bottom: float
    centred: bool = False


def _tide(dice: Dice, p: Palette, _title: str) -> Art:
    x, y, r = dice.between(55, 145), dice.between(196, 214), dice.between(34, 46)
    waves = []
    for n, fill in enumerate((p.far, p.mid, p.near)):
        height, swell = 212 + 24 * n, dice.between(9, 15) * (1 if n % 2 else -1)
        waves.append(_path(f"M0 {height}q25 {swell} 50 0t50 0t50 0t50 0V300H0z", fill))
    return _circle(x, y, r, p.accent) + "".join(waves), p.near


def _moon(dice: Dice, p: Palette, _title: str) -> Art:
    x, y, r = dice.between(80, 120), dice.between(80, 90), dice.between(42, 52)
    bite = dice.between(9, 12) * (1 if dice.below(2) else -1)
    stars = "".join(f"M{dice.between(14, 186)} {dice.between(12, 156)}h.1" for _ in range(14))
    return (
        f'<path d="{stars}" stroke="{p.accent}" stroke-width="2.2" stroke-linecap="round"/>'
        + _circle(x, y, r + 9, p.far)
        + _circle(x, y, r, p.accent)
        + _circle(x + bite, y - 5, r - 5, p.far),
        p.ground,
    )


def _stairs(dice: Dice, p: Palette, _title: str) -> Art:
    steps = 6
    mirrored = dice.below(2)
    path = "".join(f"V{268 - 16 * n}h24" for n in range(steps))
    shift = ' transform="matrix(-1 0 0 1 200 0)"' if mirrored else ""
    shade = "".join(f"M{28 + 24 * n} {268 - 16 * n}h24v6h-24z" for n in range(steps))
    return (
        f"<g{shift}>"
        + _path("M146 188v-18a13 13 0 0 1 26 0v18z", p.accent)
        + _path(f"M28 300{path}H200V300z", p.mid)
        + _path(shade, p.far)
        + "</g>"
        + _path("M0 268H200V300H0z", p.near),
        p.near,
    )


def _leaves(dice: Dice, p: Palette, _title: str) -> Art:
    lean = dice.between(-14, 14)
    fills = dict.fromkeys((p.mid, p.accent, p.far), "")
    for n in range(5):
        x, y, size = 100 + lean * n / 4, 252 - 21 * n, 44 - 5 * n
        for side in (-1, 1):
            fill = (p.mid, p.accent, p.far)[dice.below(3)]
            fills[fill] += _leaf(x, y - 2 * (1 + side), size, side * (62 - 7 * n))
    stem = f'<path d="M100 300V252Q100 210 {100 + lean} 164" stroke="{p.near}" stroke-width="2" fill="none"/>'
    leaves = "".join(_path(d, fill) for fill, d in fills.items() if d)
    return stem + leaves + _path("M0 262H200V300H0z", p.near), p.near


def _leaf(x: float, y: float, size: float, lean: float) -> str:
    """A leaf from its foot; `lean` is in degrees from upright."""
    tip = radians(lean - 90)
    along, across = (size * cos(tip), size * sin(tip)), (-0.34 * size * sin(tip), 0.34 * size * cos(tip))
    one, other = ((along[0] * 0.45 + k * across[0], along[1] * 0.45 + k * across[1]) for k in (1, -1))
    end = f"{x + along[0]:.0f} {y + along[1]:.0f}"
    up = f"Q{x + one[0]:.0f} {y + one[1]:.0f} {end}"
    return f"M{x:.0f} {y}{up}Q{x + other[0]:.0f} {y + other[1]:.0f} {x:.0f} {y}"


# A quarter of a disc in a square of 50, in each of its four corners.
_QUARTERS = (
    "h50a50 50 0 0 1 -50 50z",
    "h50v50a50 50 0 0 1 -50 -50z",
    "m50 0v50h-50a50 50 0 0 1 50 -50z",
    "v50h50a50 50 0 0 0 -50 -50z",
)


def _tiles(dice: Dice, p: Palette, _title: str) -> Art:
    paths = dict.fromkeys((p.far, p.mid, p.near, p.accent), "")
    for x in range(0, 200, 50):
        for y in (0, 50, 100):
            fill = (p.far, p.mid, p.near, p.accent)[dice.below(4)]
            paths[fill] += f"M{x} {y}{_QUARTERS[dice.below(4)]}"
    return "".join(_path(d, fill) for fill, d in paths.items() if d), p.ground


def _window(dice: Dice, p: Palette, _title: str) -> Art:
    x, width = dice.between(56, 78), 66
    mid = x + width / 2
    lit = _path(f"M{x} 250v-56a33 33 0 0 1 66 0v56z", p.accent)
    bars = f'<path d="M{mid:g} 160v90M{x} 194h66M{x} 222h66" stroke="{p.near}" stroke-width="3"/>'
    floor = _path(f"M{x} 254h66l8 13h-82z", p.mid)
    sill = _path(f"M{x - 7} 248h80v6h-80z", p.far)
    hill = f'<path d="M{x} 240q20 -22 36 -8t30 -6v24h-66z" fill="{p.far}"/>'
    return lit + hill + bars + _path("M0 254H200V300H0z", p.near) + floor + sill, p.near


def _hills(dice: Dice, p: Palette, _title: str) -> Art:
    x, y = dice.between(50, 150), dice.between(60, 84)
    ridges = []
    for n, fill in enumerate((p.far, p.mid, p.near)):
        a, b = dice.between(24, 60), dice.between(100, 150)
        base, peak = 116 + 20 * n, dice.between(26, 58)
        first, second = f"L{a} {base - peak}L{b - 20} {base + 6}", f"L{b + 18} {base - peak + 14}"
        ridges.append(_path(f"M0 {base}{first}{second}L200 {base}V166H0z", fill))
    return _circle(x, y, dice.between(22, 32), p.accent) + "".join(ridges), p.ground


def _ripples(dice: Dice, p: Palette, _title: str) -> Art:
    x, y = (dice.between(20, 180), 262)
    fills = (p.far, p.mid, p.near, p.mid, p.accent)
    rings = [
        _path(f"M{x - r} {y}a{r} {r} 0 0 1 {2 * r} 0z", fill)
        for r, fill in zip((96, 76, 57, 38, 20), fills, strict=True)
    ]
    return "".join(rings) + _path("M0 262H200V300H0z", p.near), p.near


def _initial(dice: Dice, p: Palette, title: str) -> Art:
    """The first letter of the title, large enough to be a picture."""
    letter = next((char for char in title if char.isalnum()), "✻").upper()
    x = dice.between(90, 110)
    return (
        _circle(x, 78, 62, p.far)
        + f'<text x="{x}" y="118" font-size="116" text-anchor="middle" font-family="Charter,Georgia,serif" '
        f'fill="{p.accent if contrast(p.accent, p.far) > 2 else p.near}">{escape(letter)}</text>'
        + _path("M82 158h36v2.5h-36z", p.accent),
        p.ground,
    )


def _birds(dice: Dice, p: Palette, _title: str) -> Art:
    sun = _circle(dice.between(70, 130), 262, dice.between(58, 70), p.accent)
    flock = "".join(
        f"M{22 + 32 * n + dice.below(12)} {dice.between(162, 196)}q6 -7 11 0q5 -7 11 0" for n in range(5)
    )
    return (
        sun
        + f'<path d="{flock}" fill="none" stroke="{p.ink}" stroke-width="2" stroke-linecap="round"/>'
        + _path("M0 258q50 -16 100 0t100 0V300H0z", p.near),
        p.near,
    )


_ABOVE, _BELOW, _CENTRED = Layout(26, 150), Layout(176, 262), Layout(172, 262, centred=True)

PICTURES: tuple[tuple[Callable[[Dice, Palette, str], Art], Layout], ...] = (
    (_tide, _ABOVE),
    (_moon, _CENTRED),
    (_stairs, _ABOVE),
    (_leaves, _ABOVE),
    (_tiles, _BELOW),
    (_window, _ABOVE),
    (_hills, _BELOW),
    (_ripples, _ABOVE),
    (_initial, _CENTRED),
    (_birds, _ABOVE),
)


def _path(d: str, fill: str) -> str:
    return f'<path d="{d}" fill="{fill}"/>'


def _circle(x: float, y: float, r: float, fill: str) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" fill="{fill}"/>'
