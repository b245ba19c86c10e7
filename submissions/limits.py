"""Every limit of the portal, with its unit, in one place."""

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

# What one upload may be.  ∞-Bench's twelve files of one model are about 7 MB; the longest
# honest line is a Math.Calc row with its ground truth, about 60 KiB.
UPLOAD_COMPRESSED_BYTES: Final = 64 * MIB
UPLOAD_UNPACKED_BYTES: Final = 256 * MIB
UPLOAD_MEMBERS: Final = 100
UPLOAD_LINE_BYTES: Final = 1 * MIB
UPLOAD_COMPRESSION_RATIO: Final = 200
UPLOAD_ROWS: Final = 100_000
UPLOAD_NAME_CHARS: Final = 255

# How many problems a refusal lists before it only counts the rest.
PROBLEMS_SHOWN: Final = 200
