"""Gives every row that stands on a board its line."""

from collections import Counter

from django.db import migrations

from scoring import SUITES

RANKED, INCOMPLETE, REPORTED, WITHDRAWN = range(4)


def facts(model):
    return {
        "model": model,
        "name_key": model.name.casefold()[:240],
        "organization_key": model.organization.casefold()[:240],
        "licence_key": model.licence.casefold()[:160],
        "weights": model.weights,
        "parameters": model.parameters,
        "context_tokens": model.context_tokens,
    }


def columns(suite, scores):
    return {f"score_{at}": scores.get(task) for at, task in enumerate(suite.slugs, start=1)}


def fill(apps, _schema_editor):
    BoardLine = apps.get_model("submissions", "BoardLine")
    BoardState = apps.get_model("submissions", "BoardState")
    Standing = apps.get_model("submissions", "Standing")
    ReportedScore = apps.get_model("submissions", "ReportedScore")

    def state_of(board, scorer):
        return BoardState.objects.get_or_create(board=board, scorer=scorer)[0]

    printed = {}
    for score in ReportedScore.objects.order_by("pk"):
        key = (score.model_id, score.scorer)
        printed.setdefault(key, {})[score.task] = [score.value, score.below]

    lines = []
    scored = set()
    standings = Standing.objects.filter(submission__visibility="public").select_related(
        "submission__model", "submission__release"
    )
    for standing in standings.iterator(chunk_size=500):
        submission = standing.submission
        suite = SUITES.get(submission.release.suite)
        is_withdrawn = submission.withdrawn_at is not None
        if suite is None or not (standing.is_on_board or is_withdrawn):
            continue
        if not is_withdrawn:
            scored.add((submission.model_id, submission.release.board))
        part = RANKED if standing.average is not None else INCOMPLETE
        lines.append(
            BoardLine(
                state=state_of(standing.board, standing.scorer),
                part=WITHDRAWN if is_withdrawn else part,
                standing=standing,
                release=submission.release,
                tier="rescored",
                submitted_at=submission.created_at,
                average=None if is_withdrawn else standing.average,
                printed={}
                if is_withdrawn
                else printed.get((submission.model_id, standing.scorer), {}),
                **facts(submission.model),
                **columns(suite, {} if is_withdrawn else standing.means),
            )
        )
    for score in ReportedScore.objects.order_by("model", "pk").select_related("model"):
        key = (score.model_id, score.scorer)
        if key not in printed or score.suite not in SUITES or (score.model_id, score.suite) in scored:
            continue
        figures = printed.pop(key)
        lines.append(
            BoardLine(
                state=state_of(score.suite, score.scorer),
                part=REPORTED,
                tier="reported",
                printed=figures,
                source=score.source,
                **facts(score.model),
                **columns(SUITES[score.suite], {task: one[0] or 0.0 for task, one in figures.items()}),
            )
        )
    BoardLine.objects.bulk_create(lines, batch_size=500)
    names = ("ranked", "incomplete", "reported", "withdrawn")
    for state in BoardState.objects.all():
        own = BoardLine.objects.filter(state=state)
        state.counts = Counter(names[part] for part in own.values_list("part", flat=True))
        licences = own.exclude(licence_key="").values_list("licence_key", flat=True)
        state.licences = sorted(set(licences))
        state.version += 1
        state.save()


class Migration(migrations.Migration):
    dependencies = [("submissions", "0006_board_lines")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
