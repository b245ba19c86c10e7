"""Does a run again, as a submission's page gives it, against an endpoint of one's own.

The key comes from the environment, so that it stands in no list of processes and no history.
"""

import os
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from scoring.truncation import POLICIES
from submissions.endpoints import EndpointFacts, EndpointRefused, register_endpoint
from submissions.entries import ModelFacts, enter_model
from submissions.hub_models import HubModelFacts, register_hub_model
from submissions.intake import Refused
from submissions.models import Endpoint, HostedRun, HubModel, Release, Submission
from submissions.prompt_sets import UnknownPromptSet, find_prompt_set
from submissions.repositories import RepositoryRefused
from submissions.run_plans import RunPlan, RunRefused, start_run
from submissions.sealing import Secret

KEY_VARIABLE = "IBENCH_ENDPOINT_KEY"


class Command(BaseCommand):
    """The run is worked on by the portal's workers; this command waits for its end."""

    help = f"Repeat a hosted run against an endpoint; its key is read from {KEY_VARIABLE}."

    def add_arguments(self, parser: CommandParser) -> None:
        """What a submission's page shows, and where the model answers."""
        parser.add_argument("--release", required=True, help="name, or name@hash as shown")
        parser.add_argument("--prompt-set", required=True, help="name, or name@hash as shown")
        parser.add_argument("--policy", required=True, choices=POLICIES)
        parser.add_argument("--context-tokens", required=True, type=int)
        parser.add_argument("--tokenizer", default="estimate-1")
        parser.add_argument("--mode", required=True, choices=Endpoint.Mode.values)
        parser.add_argument("--tasks", default="", help="several with commas; default: all")
        parser.add_argument("--auto-fit", action="store_true")
        parser.add_argument("--repository", default="", help="org/name@commit, for our own workers")
        parser.add_argument("--model-name", default="", help="as the server calls it")
        parser.add_argument("--base-url", default="")
        parser.add_argument("--owner", required=True, help="e-mail address of the run's owner")
        parser.add_argument("--concurrency", type=int, default=4)
        parser.add_argument("--wait-seconds", type=float, default=24 * 3600.0)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Start it, wait, and say where its submission is."""
        try:
            run = _start(options)
        except (
            EndpointRefused,
            RepositoryRefused,
            RunRefused,
            Refused,
            UnknownPromptSet,
        ) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"run {run.public_id}, hash {run.sha256}")
        deadline = time.monotonic() + options["wait_seconds"]
        while run.is_working and time.monotonic() < deadline:
            time.sleep(1)
            run.refresh_from_db()
        if run.submission is None:
            raise CommandError(f"the run is {run.status}: {run.reason or 'not at its end'}")
        self.stdout.write(f"submission {run.submission.public_id}")


def _start(options: dict[str, Any]) -> HostedRun:
    owner = User.objects.filter(email__iexact=options["owner"]).first()
    name, _, sha256 = options["release"].partition("@")
    release = Release.objects.filter(name=name, sha256__startswith=sha256).first()
    if owner is None or release is None:
        missing = "a user with that address" if owner is None else "that release"
        raise CommandError(f"this portal has not {missing}")
    prompt_set = find_prompt_set(release.suite, options["prompt_set"])
    asked = _asked(owner, options)
    plan = RunPlan(
        endpoint=asked if isinstance(asked, Endpoint) else None,
        hub_model=asked if isinstance(asked, HubModel) else None,
        model=enter_model(owner, ModelFacts(name=_name(options)), now=timezone.now()),
        release=release,
        prompt_set=prompt_set,
        policy=options["policy"],
        visibility=Submission.Visibility.PRIVATE,
        tasks=[task for task in options["tasks"].split(",") if task],
        is_auto_fit=options["auto_fit"],
    )
    return start_run(owner, plan, now=timezone.now())


def _name(options: dict[str, Any]) -> str:
    return str(options["model_name"] or options["repository"].partition("@")[0])


def _asked(owner: User, options: dict[str, Any]) -> Endpoint | HubModel:
    if options["repository"]:
        name, _, commit = options["repository"].partition("@")
        told = HubModelFacts(
            repository=name,
            revision=commit or "main",
            mode=options["mode"],
            context_tokens=options["context_tokens"],
        )
        return register_hub_model(owner, told, now=timezone.now())
    if not (options["base_url"] and options["model_name"]):
        raise CommandError("give --repository, or --base-url and --model-name")
    facts = EndpointFacts(
        name=f"repeated {timezone.now():%Y-%m-%d %H:%M:%S}",
        base_url=options["base_url"],
        model_name=options["model_name"],
        context_tokens=options["context_tokens"],
        tokenizer=options["tokenizer"],
        mode=options["mode"],
        concurrency=options["concurrency"],
    )
    key = Secret(os.environ.get(KEY_VARIABLE, ""))
    return register_endpoint(owner, facts, key=key, now=timezone.now())
