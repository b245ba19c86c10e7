"""What the portal remembers: releases, models, submissions, evaluations, the board."""

from submissions.models.board import BoardEvent, BoardState, ReportedScore, Standing
from submissions.models.draft import Draft, DraftFile
from submissions.models.evaluation import Evaluation, Failure, TaskArtefact, TaskResult
from submissions.models.quota import QuotaSlot
from submissions.models.release import Example, ItemSet, Release, ReleaseTask
from submissions.models.submission import (
    ModelEntry,
    Submission,
    SubmissionFile,
    TaskPredictions,
)
from submissions.models.worker import WorkerSeen

__all__ = [
    "BoardEvent",
    "BoardState",
    "Draft",
    "DraftFile",
    "Evaluation",
    "Example",
    "Failure",
    "ItemSet",
    "ModelEntry",
    "QuotaSlot",
    "Release",
    "ReleaseTask",
    "ReportedScore",
    "Standing",
    "Submission",
    "SubmissionFile",
    "TaskArtefact",
    "TaskPredictions",
    "TaskResult",
    "WorkerSeen",
]
