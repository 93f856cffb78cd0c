"""The colours of beats, the same on the page, in pictures and on paper."""

from __future__ import annotations

__all__ = ["PALETTE"]

PALETTE = ("#b85078", "#5098e8", "#404808", "#909808", "#1010f0", "#681058")
"""Each stands out from the others for all kinds of colour vision, and 3:1 from white."""
