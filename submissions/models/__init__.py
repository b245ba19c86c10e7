"""What the portal remembers: releases, models, submissions, evaluations, the board."""

from submissions.models.board import BoardEvent, BoardState, ReportedScore, Standing
from submissions.models.door import IdempotentAnswer, PartialUpload
from submissions.models.draft import Draft, DraftFile
from submissions.models.endpoint import Endpoint
from submissions.models.evaluation import Evaluation, Failure, TaskArtefact, TaskResult
from submissions.models.hub_model import HubModel
from submissions.models.line import SCORE_COLUMNS, SORT_COLUMNS, BoardLine, Part, Tier
from submissions.models.quota import QuotaSlot, TrialSlot
from submissions.models.release import Example, ItemSet, Release, ReleaseTask, Round
from submissions.models.rescore import RescoreItem, RescoreJob, RescoreReport
from submissions.models.run import Answer, HostedRun, RunShard, StoredPromptSet
from submissions.models.submission import (
    ModelEntry,
    Submission,
    SubmissionFile,
    TaskPredictions,
)
from submissions.models.totals import EvaluationTotals
from submissions.models.worker import WorkerSeen

__all__ = [
    "SCORE_COLUMNS",
    "SORT_COLUMNS",
    "Answer",
    "BoardEvent",
    "BoardLine",
    "BoardState",
    "Draft",
    "DraftFile",
    "Endpoint",
    "Evaluation",
    "EvaluationTotals",
    "Example",
    "Failure",
    "HostedRun",
    "HubModel",
    "IdempotentAnswer",
    "ItemSet",
    "ModelEntry",
    "Part",
    "PartialUpload",
    "QuotaSlot",
    "Release",
    "ReleaseTask",
    "ReportedScore",
    "RescoreItem",
    "RescoreJob",
    "RescoreReport",
    "Round",
    "RunShard",
    "Standing",
    "StoredPromptSet",
    "Submission",
    "SubmissionFile",
    "TaskArtefact",
    "TaskPredictions",
    "TaskResult",
    "Tier",
    "TrialSlot",
    "WorkerSeen",
]
