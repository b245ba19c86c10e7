"""What the portal's workers ask or run: endpoints, models of the Hub, and hosted runs."""

from typing import Any, Literal, cast

from ibench.calls import Calls, given, segment
from ibench.shapes import Endpoint, Estimate, HubModel, Run

Mode = Literal["chat", "raw"]
RunAction = Literal["pause", "resume", "cancel"]


class Hosting(Calls):
    """The calls of a Portal about hosted runs; each raises IbenchError."""

    def endpoints(self, *, limit: int = 100) -> list[Endpoint]:
        """One's own endpoints, newest first; never with their keys."""
        return cast("list[Endpoint]", list(self._listed("endpoints/", {}, limit)))

    def endpoint(self, endpoint: str) -> Endpoint:
        """An endpoint by its id, with what its last try gave."""
        return cast("Endpoint", self._get(f"endpoints/{segment(endpoint)}/"))

    def register_endpoint(self, *, key: str | None = None, **facts: Any) -> Endpoint:
        """Register an endpoint; a worker tries it at once.

        Args:
            key: is stored encrypted, sent to the endpoint only, and never given back.
            facts: name, base_url, model_name, context_tokens, and what else the API names.
        """
        return cast("Endpoint", self._make("endpoints/", given({**facts, "key": key})))

    def change_endpoint(self, endpoint: str, *, key: str | None = None, **changes: Any) -> Endpoint:
        """Change what is said of an endpoint; without a key, the stored one stays."""
        body = {**changes, **given({"key": key})}
        return cast("Endpoint", self._send("PATCH", f"endpoints/{segment(endpoint)}/", body))

    def try_endpoint(self, endpoint: str) -> Endpoint:
        """Have a worker send three small prompts; `try_ended_at` tells when it did."""
        return cast("Endpoint", self._send("POST", f"endpoints/{segment(endpoint)}/try/"))

    def retire_endpoint(self, endpoint: str) -> None:
        """Forget an endpoint's key; its past runs stay."""
        self._delete(f"endpoints/{segment(endpoint)}/")

    def hub_models(self, *, limit: int = 100) -> list[HubModel]:
        """One's own models that the portal's workers run, newest first."""
        return cast("list[HubModel]", list(self._listed("hub-models/", {}, limit)))

    def hub_model(self, hub_model: str) -> HubModel:
        """A model that the portal's workers run, by its id."""
        return cast("HubModel", self._get(f"hub-models/{segment(hub_model)}/"))

    def register_hub_model(
        self,
        repository: str,
        *,
        revision: str | None = None,
        mode: Mode | None = None,
        context_tokens: int | None = None,
    ) -> HubModel:
        """Have a repository looked at and registered, so that the portal's workers can run it.

        Args:
            repository: of the Hugging Face Hub, as org/name.
            revision: a branch, tag or commit; it is resolved to a commit at once.
            mode: chat, with the model's own template, or raw, a text that it continues.
            context_tokens: by default, as many as its config.json allows.
        """
        told = {"revision": revision, "mode": mode, "context_tokens": context_tokens}
        body = {"repository": repository, **given(told)}
        return cast("HubModel", self._make("hub-models/", body))

    def retire_hub_model(self, hub_model: str) -> None:
        """Start no run on a model any more; its past runs stay."""
        self._delete(f"hub-models/{segment(hub_model)}/")

    def estimate_run(
        self,
        *,
        release: str,
        endpoint: str | None = None,
        hub_model: str | None = None,
        **wish: Any,
    ) -> Estimate:
        """What a run would take: examples, tokens, cost, seconds; nothing is stored."""
        body = {**_asked(endpoint, hub_model), "release": release, "model": "estimate", **wish}
        return cast("Estimate", self._send("POST", "runs/", {**given(body), "dry_run": True}))

    def start_run(
        self,
        *,
        release: str,
        endpoint: str | None = None,
        hub_model: str | None = None,
        **wish: Any,
    ) -> Run:
        """Have the portal's workers ask a model every prompt of a release.

        Args:
            release: a release with contexts, by its name.
            endpoint: which of one's endpoints, by its id; or
            hub_model: which of one's models that the portal's workers run.
            wish: model or model_slug, tasks, prompt_set, policy, visibility, spending_cap.
        """
        body = {**_asked(endpoint, hub_model), "release": release, **wish}
        return cast("Run", self._make("runs/", given(body)))

    def runs(self, *, limit: int = 100) -> list[Run]:
        """One's own hosted runs, newest first."""
        return cast("list[Run]", list(self._listed("runs/", {}, limit)))

    def run(self, run: str) -> Run:
        """A hosted run by its id."""
        return cast("Run", self._get(f"runs/{segment(run)}/"))

    def change_run(self, run: str, action: RunAction) -> Run:
        """Pause, resume or cancel one's own run."""
        return cast("Run", self._send("POST", f"runs/{segment(run)}/{action}/"))


def _asked(endpoint: str | None, hub_model: str | None) -> dict[str, str | None]:
    """What answers in a run; that it is one of the two, the server says."""
    return {
        "endpoint": segment(endpoint) if endpoint else None,
        "hub_model": segment(hub_model) if hub_model else None,
    }
