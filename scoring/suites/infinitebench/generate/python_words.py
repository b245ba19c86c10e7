"""Functions of an invented Python package, each with ways to make it crash.

In a text, NAME is the function's own name and THING what it is about.
"""

from collections.abc import Sequence
from dataclasses import dataclass

VERBS = (
    "adjust balance batch collect combine compare count describe divide drop expand extract fetch "
    "fill filter find fold format gather group index insert join label limit list load match measure "
    "merge order pad pair parse pick prune rank read reduce render"
).split()
KINDS = (
    "active annual archived basic blocked cached central closed common daily delayed direct dormant "
    "double early empty external final fixed foreign former global hidden hourly initial internal joint "
    "latest linked local merged minor monthly nested open partial pending primary quarterly recent"
).split()
THINGS = (
    "account anchor article badge basket booking bridge cargo channel claim client column contract "
    "coupon crate device driver engine event folder garage invoice journey ledger lesson letter meter "
    "member notice order parcel payment permit pump receipt record route sample sensor"
).split()


@dataclass(frozen=True, slots=True)
class Shape:
    """A function's text, a call that works, and replacements after which that call crashes.

    A replacement is what is written instead of what, and the error that it raises.
    """

    text: str
    call: str
    faults: Sequence[tuple[str, str, str]]


SHAPES = (
    Shape(
        '''def NAME(THINGs, limit=10):
    """Return the first few THINGs that are not empty."""
    kept = []
    for THING in THINGs:
        if not THING:
            continue
        kept.append(THING)
        if len(kept) == limit:
            break
    return kept
''',
        "NAME(['a', '', 'b'])",
        (
            ("kept.append(THING)", "kept.push(THING)", "AttributeError"),
            ("if len(kept) == limit", "if len(keep) == limit", "NameError"),
        ),
    ),
    Shape(
        '''def NAME(THINGs):
    """Return how often each THING occurs."""
    counts = {}
    for THING in THINGs:
        counts[THING] = counts.get(THING, 0) + 1
    return counts
''',
        "NAME(['a', 'b', 'a'])",
        (
            ("counts.get(THING, 0) + 1", "counts[THING] + 1", "KeyError"),
            ("counts = {}", "counts = None", "AttributeError"),
        ),
    ),
    Shape(
        '''def NAME(THING_values, width=3):
    """Return the moving average of THING values."""
    averages = []
    for start in range(len(THING_values) - width + 1):
        window = THING_values[start : start + width]
        averages.append(sum(window) / width)
    return averages
''',
        "NAME([1, 2, 3, 4])",
        (
            (
                "range(len(THING_values) - width + 1)",
                "range(THING_values - width + 1)",
                "TypeError",
            ),
            ("sum(window) / width", "sum(window) / (width - len(window))", "ZeroDivisionError"),
        ),
    ),
    Shape(
        '''def NAME(line, separator=","):
    """Split a line of one THING file into a name and a number."""
    name, _, number = line.partition(separator)
    name = name.strip().lower()
    if not number.strip():
        return name, 0
    return name, int(number)
''',
        "NAME('first, 12')",
        (
            ("name, _, number = line", "name, number = line", "ValueError"),
            ("return name, int(number)", "return name + int(number)", "TypeError"),
        ),
    ),
    Shape(
        '''def NAME(THINGs, size):
    """Cut a list of THINGs into pieces of equal size."""
    pieces = []
    for start in range(0, len(THINGs), size):
        pieces.append(THINGs[start : start + size])
    return pieces
''',
        "NAME([1, 2, 3, 4, 5], 2)",
        (
            ("len(THINGs), size)", "len(THINGs), size - size)", "ValueError"),
            ("pieces = []", "pieces = ()", "AttributeError"),
        ),
    ),
    Shape(
        '''def NAME(left, right):
    """Merge two tables of THINGs; the right one wins."""
    merged = dict(left)
    for key, THING in right.items():
        merged[key] = THING
    return merged
''',
        "NAME({'a': 1}, {'b': 2})",
        (
            ("in right.items()", "in right.values()", "TypeError"),
            ("merged[key] = THING", "merged[key] = thing_of(THING)", "NameError"),
        ),
    ),
    Shape(
        '''def NAME(THINGs, key="name"):
    """Return THINGs in the order of one of their fields."""
    def field_of(THING):
        return str(THING[key]).lower()

    return sorted(THINGs, key=field_of)
''',
        "NAME([{'name': 'b'}, {'name': 'a'}])",
        (
            ("return str(THING[key]).lower()", "return str(THING.key).lower()", "AttributeError"),
            ("key=field_of)", "key=field_of())", "TypeError"),
        ),
    ),
    Shape(
        '''def NAME(THING_sizes):
    """Return the smallest and the largest THING size."""
    if not THING_sizes:
        return None
    smallest = largest = THING_sizes[0]
    for size in THING_sizes[1:]:
        smallest = min(smallest, size)
        largest = max(largest, size)
    return smallest, largest
''',
        "NAME([3, 1, 2])",
        (
            ("largest = THING_sizes[0]", "largest = THING_sizes[len(THING_sizes)]", "IndexError"),
            ("max(largest, size)", "max(largest)", "TypeError"),
        ),
    ),
    Shape(
        '''def NAME(text, width=40):
    """Wrap the description of one THING into lines."""
    lines, current = [], ""
    for word in text.split():
        if current and len(current) + 1 + len(word) > width:
            lines.append(current)
            current = word
        else:
            current = f"{current} {word}".strip()
    return [*lines, current]
''',
        "NAME('a short text about nothing', 10)",
        (
            ("len(current) + 1 + len(word)", "current + 1 + len(word)", "TypeError"),
            ("for word in text.split():", "for word in text.words():", "AttributeError"),
        ),
    ),
    Shape(
        '''def NAME(THINGs, wanted):
    """Return the position of one THING in a sorted list, or None."""
    low, high = 0, len(THINGs) - 1
    while low <= high:
        middle = (low + high) // 2
        if THINGs[middle] == wanted:
            return middle
        if THINGs[middle] < wanted:
            low = middle + 1
        else:
            high = middle - 1
    return None
''',
        "NAME([1, 3, 5, 7], 5)",
        (
            ("middle = (low + high) // 2", "middle = (low + high) / 2", "TypeError"),
            ("low, high = 0, len(THINGs) - 1", "low = 0", "UnboundLocalError"),
        ),
    ),
    Shape(
        '''def NAME(THING, rates):
    """Return the price of one THING with every rate added."""
    total = THING["price"]
    for rate in rates:
        total += total * rate
    return round(total, 2)
''',
        "NAME({'price': 10.0}, [0.1, 0.2])",
        (
            ('total = THING["price"]', 'total = THING["prices"]', "KeyError"),
            ("return round(total, 2)", "return total.round(2)", "AttributeError"),
        ),
    ),
    Shape(
        '''def NAME(rows):
    """Turn rows of THINGs into columns."""
    columns = []
    for position in range(len(rows[0])):
        columns.append([row[position] for row in rows])
    return columns
''',
        "NAME([[1, 2], [3, 4]])",
        (
            ("range(len(rows[0]))", "range(len(rows[0]) + 1)", "IndexError"),
            ("[row[position] for row in rows]", "[row(position) for row in rows]", "TypeError"),
        ),
    ),
)
