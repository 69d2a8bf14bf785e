"""The font of formulas: STIX Two Math, as the package ziamath brings it, in the browsers' format.

It is under the SIL Open Font License, which its own tables say.
"""

from __future__ import annotations

import io
from importlib.metadata import distribution
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FILE = "stix-two-math.woff"
FONT = "ziamath/fonts/STIXTwoMath-Regular.ttf"
RANGES = (
    *((0x20, 0x7E), (0xA0, 0x17F), (0x300, 0x36F), (0x370, 0x3FF), (0x2000, 0x206F)),
    *((0x20D0, 0x20FF), (0x2100, 0x214F), (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2300, 0x23FF)),
    *((0x25A0, 0x25FF), (0x27C0, 0x27FF), (0x1D400, 0x1D7FF)),
)
"""Letters, accents, arrows, operators and brackets: half of what the font has."""
FEATURES = ["ssty", "dtls", "flac", "kern"]
"""What setting formulas needs of it: letters made for small indices, dotless ones, flat accents."""


def math_font() -> bytes:
    """Return the font with the characters that formulas have."""
    whole = Path(str(distribution("ziamath").locate_file(FONT))).read_bytes()
    options = Options(hinting=False, name_IDs=["*"], layout_features=FEATURES)
    font = TTFont(io.BytesIO(whole), recalcTimestamp=False)
    subset = Subsetter(options)
    subset.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    subset.subset(font)
    font.flavor = "woff"
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()
