"""The colours of a drawn cover: moods of even lightness, whatever the hue."""

from dataclasses import dataclass
from math import cos, radians, sin

from talehouse.lib.covers.dice import Dice


@dataclass(frozen=True, slots=True)
class Palette:
    """Six colours of one cover. `ink` is readable on `ground`; `near` is the strongest of the picture."""

    ground: str
    far: str
    mid: str
    near: str
    accent: str
    ink: str
    light: str
    dark: str

    def readable_on(self, colour: str) -> str:
        """The light or the dark of this palette, whichever stands out more."""
        return max((self.light, self.dark), key=lambda ink: contrast(ink, colour))


# Lightness and chroma (OKLCH) of ground, far, mid, near, accent, ink: two dark moods and two light ones.
_MOODS = (
    ((0.31, 0.06), (0.40, 0.08), (0.25, 0.055), (0.19, 0.04), (0.80, 0.13), (0.96, 0.02)),
    ((0.42, 0.10), (0.52, 0.11), (0.35, 0.09), (0.27, 0.07), (0.84, 0.13), (0.97, 0.02)),
    ((0.94, 0.025), (0.86, 0.05), (0.72, 0.09), (0.42, 0.09), (0.70, 0.15), (0.27, 0.06)),
    ((0.85, 0.07), (0.92, 0.04), (0.73, 0.10), (0.38, 0.10), (0.66, 0.17), (0.23, 0.06)),
)
_DARK, _MURKY = 0.6, range(70, 140)
_ACCENT_TURNS = (40, -50, 150, 200)


def palette(dice: Dice) -> Palette:
    """A mood, a hue and an accent; hues that turn murky when dark make way."""
    mood = _MOODS[dice.below(len(_MOODS))]
    hue = dice.below(360)
    if mood[0][0] < _DARK and hue in _MURKY:
        hue += 75
    turn = _ACCENT_TURNS[dice.below(len(_ACCENT_TURNS))]
    hues = (hue, hue, hue + turn / 8, hue + turn / 5, hue + turn, hue)
    ground, far, mid, near, accent, ink = (
        _colour(lightness, chroma, h) for (lightness, chroma), h in zip(mood, hues, strict=True)
    )
    light, dark = _colour(0.97, 0.02, hue), _colour(0.22, 0.05, hue)
    return Palette(ground, far, mid, near, accent, ink, light, dark)


def _colour(lightness: float, chroma: float, hue: float) -> str:
    """An OKLCH colour as `#rrggbb`; chroma gives way until sRGB can show it.

    Matrices: Björn Ottosson, "A perceptual color space for image processing" (2020).
    """
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    if chroma > 0 and not all(0 <= value <= 1 for value in linear):
        return _colour(lightness, max(chroma - 0.005, 0), hue)
    return "#" + "".join(f"{round(_gamma(min(max(value, 0), 1)) * 255):02x}" for value in linear)


def _gamma(linear: float) -> float:
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
