"""Every limit of the portal, with its unit, in one place."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

# What one upload may be.  ∞-Bench's twelve files of one model are about 7 MB; the longest
# honest line is a Math.Calc row with its ground truth, about 60 KiB.
UPLOAD_COMPRESSED_BYTES: Final = 64 * MIB
# A request: its files, and a form's other fields.
UPLOAD_REQUEST_BYTES: Final = UPLOAD_COMPRESSED_BYTES + 1 * MIB
UPLOAD_UNPACKED_BYTES: Final = 256 * MIB
UPLOAD_MEMBERS: Final = 100
UPLOAD_LINE_BYTES: Final = 1 * MIB
UPLOAD_COMPRESSION_RATIO: Final = 200
UPLOAD_ROWS: Final = 100_000
UPLOAD_NAME_CHARS: Final = 255

# How many uploads one process reads and checks at the same time; the others wait in their order.
# Reading is work for a processor: a third at once would make none of them sooner and every page
# that the process shows meanwhile later.  Two, because one of them often waits for the disk.
UPLOADS_CHECKED_AT_ONCE: Final = 2

# An upload in parts is kept for this long after its last part; and how many one person may have.
PARTIAL_UPLOAD_LIFE: Final = timedelta(hours=24)
OPEN_UPLOADS: Final = 30

# The ratio counts only once this much came out of one uploaded file: a short file that repeats
# one answer shrinks a thousandfold and harms nobody.
UPLOAD_RATIO_FLOOR_BYTES: Final = 16 * MIB
# Ids are kept in memory, a hundred thousand of them at most; the published ones have 3 digits.
UPLOAD_ID_CHARS: Final = 64
# Python's zip reader loads the whole directory before its first entry: about 100 bytes each.
UPLOAD_ZIP_DIRECTORY_BYTES: Final = 256 * KIB
# A tar may carry long names and attributes in blocks of their own.
UPLOAD_TAR_HEADER_BYTES: Final = 64 * KIB
# Block-wise gzip writes a part for every 64 KiB of text, so 4,096 parts are honest.
UPLOAD_GZIP_PARTS: Final = 10_000

# The share of an upload's own ground truths that must agree with a release's answers.
AGREEMENT_REQUIRED: Final = 0.95

# How many problems a refusal lists before it only counts the rest.
PROBLEMS_SHOWN: Final = 200

# When to ask again, in seconds, while as many submissions are open as may be: scoring one takes
# about two.
AT_ONCE_RETRY_SECONDS: Final = 10

# How often an evaluation is given to a worker before it fails for good.
EVALUATION_ATTEMPTS: Final = 3
# How long one evaluation may run, in seconds.  The twelve files of a model take about two.
EVALUATION_SECONDS: Final = 600
# What is away, a storage or the Hugging Face Hub, is asked again after a random wait that grows
# with how long it has been away, between these seconds; and no more once it has been for so long.
AWAY_SECONDS_FIRST: Final = 5.0
AWAY_SECONDS_LAST: Final = 600.0
STORAGE_PATIENCE: Final = timedelta(hours=24)
HUB_PATIENCE: Final = timedelta(hours=1)
# How many evaluations of a job over many submissions wait at once: enough for the workers of
# one machine until the next sweep, few enough that a queue is not mistaken for a jam.
RESCORE_OPEN: Final = 100
# How many rows one sweep touches, so that it never outlasts its period by much.
SWEEP_ROWS: Final = 500

# How many submissions one person may have on their way in, and how long each is kept after it was
# last touched.
DRAFTS_OPEN: Final = 10
DRAFT_DAYS: Final = 7
# How long a trial of a draft's files may run, in seconds.
TRIAL_SECONDS: Final = 300
# How long a report of what a re-score would move may take, in seconds.
REPORT_SECONDS: Final = 3600
# How many rows the queue's page lists, and from how many past runs it says how long one takes.
QUEUE_SHOWN: Final = 100
RECENT_RUNS: Final = 50
# How long after publishing it may be undone without a trace on the board.
UNDO_PUBLISH_HOURS: Final = 24
# The word why a submission was withdrawn, which everybody reads on what is left of its page.
WITHDRAW_REASON_CHARS: Final = 300
# Hosted runs.  How many examples one worker takes at a time, how many runs of a person may be
# open, and how many endpoints a person may have.
SHARD_EXAMPLES: Final = 8
RUNS_OPEN: Final = 5
ENDPOINTS_PER_OWNER: Final = 50
# Models that our workers run: how many a person may have, and how long their names may be, in
# characters; how long the Hub may take to answer, and when to ask again where it does not, in
# seconds; and how large the files are that are read before anything is queued, in bytes.
HUB_MODELS_PER_OWNER: Final = 50
REPOSITORY_CHARS: Final = 193
REVISION_CHARS: Final = 100
HUB_SECONDS: Final = 10.0
HUB_RETRY_SECONDS: Final = 60
MODEL_FILES: Final = 5_000
MODEL_CONFIG_BYTES: Final = 1 * MIB
CHAT_TEMPLATE_BYTES: Final = 256 * KIB
# Queues of workers with cards, by what a model needs at most, in GiB: the first for the smallest.
GPU_QUEUES: Final[dict[str, int]] = {
    "gpu": 20,
    "gpu-40": 40,
    "gpu-80": 80,
    "gpu-144": 144,
    "gpu-320": 320,
    "gpu-640": 640,
    "gpu-1152": 1152,
}
# What is said of an endpoint, in characters; and how much it may be asked and cost.  Counts are
# stored in 31 bits; prices are US dollars for a million tokens, with four digits behind the point.
ENDPOINT_NAME_CHARS: Final = 80
ENDPOINT_URL_CHARS: Final = 400
ENDPOINT_MODEL_CHARS: Final = 200
ENDPOINT_KEY_CHARS: Final = 400
ENDPOINT_VERSION_CHARS: Final = 40
ENDPOINT_TOKENS_MAX: Final = 2**31 - 1
ENDPOINT_REQUESTS_MAX: Final = 1_000_000
ENDPOINT_AT_ONCE_MAX: Final = 256
ENDPOINT_PRICE_MAX: Final = 10_000
SPENDING_CAP_MAX: Final = 1_000_000
# After this long, a try of an endpoint that nobody ended was lost, and may be asked for again.
TRY_LASTS: Final = timedelta(minutes=5)
# A tokenizer's file, which a run's owner chooses and our workers read into memory: the largest in
# wide use, with 260,000 words, have 34 MB.
TOKENIZER_BYTES: Final = 64 * MIB
# How often one example is asked in a round, and how long it waits between, in seconds.
ANSWER_ATTEMPTS: Final = 8
RETRY_SECONDS_FIRST: Final = 1.0
RETRY_SECONDS_LAST: Final = 60.0
# Rounds in which those without an answer are asked again.
RUN_ROUNDS: Final = 2
# After so many failures in a row, over all workers, a run pauses and says why.
FAILURES_TO_PAUSE: Final = 20
# A stream spends about 250 bytes on each of Math.Calc's 30,000 tokens.
ANSWER_STREAM_BYTES: Final = 32 * MIB
# An answer is a line of a predictions file, in which a character may take six bytes.
ANSWER_CHARS: Final = UPLOAD_LINE_BYTES // 8

# A `/regular expression/` in the board's search: how long its program may be, how much memory and
# how many seconds it may take, and how many a search may have.
PATTERN_INSTRUCTIONS: Final = 2_000
PATTERN_MEMORY_BYTES: Final = 256 * KIB
PATTERN_SECONDS: Final = 0.25
PATTERNS_A_SEARCH: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one upload may be, handed to the intake so that a test can make it small."""

    compressed_bytes: int = UPLOAD_COMPRESSED_BYTES
    unpacked_bytes: int = UPLOAD_UNPACKED_BYTES
    members: int = UPLOAD_MEMBERS
    line_bytes: int = UPLOAD_LINE_BYTES
    compression_ratio: int = UPLOAD_COMPRESSION_RATIO
    ratio_floor_bytes: int = UPLOAD_RATIO_FLOOR_BYTES
    rows: int = UPLOAD_ROWS
    name_chars: int = UPLOAD_NAME_CHARS
    id_chars: int = UPLOAD_ID_CHARS
    zip_directory_bytes: int = UPLOAD_ZIP_DIRECTORY_BYTES
    tar_header_bytes: int = UPLOAD_TAR_HEADER_BYTES
    gzip_parts: int = UPLOAD_GZIP_PARTS
    problems_shown: int = PROBLEMS_SHOWN
