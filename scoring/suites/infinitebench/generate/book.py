"""En.Sum, En.QA and En.MC: three things to ask of an invented book."""

from scoring.drafts import Draft, Facts, Order
from scoring.stream import Stream
from scoring.suites.infinitebench.generate.novel import tell
from scoring.suites.infinitebench.generate.plot import (
    KINDS,
    OPTIONS,
    Event,
    Plot,
    ask_at,
    draw_plot,
)


def longbook_sum_eng(stream: Stream, order: Order) -> Draft:
    """The reference summary names every event of the plot in the book's order."""
    plot = draw_plot(stream, order)
    yield from tell(stream, order, plot)
    summary = " ".join(event.summed_up for event in plot.events)
    return Facts(
        input="Sum up what becomes known about the people of the book, in its order.",
        answer=[summary],
        details={"events": len(plot.events)},
    )


def longbook_qa_eng(stream: Stream, order: Order) -> Draft:
    """A question about one event."""
    plot, event = _draw_question(stream, order)
    yield from tell(stream, order, plot)
    return Facts(
        input=event.question,
        answer=[event.answer, *event.aliases],
        depth=order.depth,
        details={"question": event.kind.name},
    )


def longbook_choice_eng(stream: Stream, order: Order) -> Draft:
    """The same with four options; the wrong ones are other events of the same book."""
    plot, event = _draw_question(stream, order)
    yield from tell(stream, order, plot)
    others = [each.answer for each in plot.events if each.kind is event.kind and each is not event]
    options = stream.sample(others, OPTIONS - 1)
    options.insert(order.letter, event.answer)
    return Facts(
        input=event.question,
        answer=[event.answer],
        options=options,
        depth=order.depth,
        details={"question": event.kind.name},
    )


def _draw_question(stream: Stream, order: Order) -> tuple[Plot, Event]:
    """A plot and the event to ask about; kinds of questions take turns, over every depth."""
    kind = KINDS[order.index % len(KINDS)].name
    return ask_at(draw_plot(stream, order, asked=kind), kind, order.depth)
