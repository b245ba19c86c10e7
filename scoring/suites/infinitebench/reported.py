"""The authors' results table: figures only, in percent as printed; "<5" where they say no more.

Source: the table of the benchmark's README, OpenBMB/InfiniteBench at 88b3daa; the paper is
arXiv 2402.13718 (ACL 2024).
"""

from types import MappingProxyType
from typing import Final

from scoring.types import ReportedFigure, ReportedModel, ReportedTable

_SOURCE: Final = (
    "table of the benchmark's README, OpenBMB/InfiniteBench at 88b3daa; "
    "paper arXiv 2402.13718 (ACL 2024)"
)

_MODELS: Final = MappingProxyType(
    {
        "gpt4": ReportedModel(
            name="GPT-4",
            organization="OpenAI",
            weights="closed",
            parameters=None,
            context_tokens=128_000,
        ),
        "yarn-mistral": ReportedModel(
            name="YaRN-Mistral-7B",
            organization="NousResearch",
            weights="open",
            parameters=7_000_000_000,
            context_tokens=128_000,
        ),
        "kimi": ReportedModel(
            name="Kimi-Chat",
            organization="Moonshot AI",
            weights="closed",
            parameters=None,
            context_tokens=200_000,
        ),
        "claude2": ReportedModel(
            name="Claude 2",
            organization="Anthropic",
            weights="closed",
            parameters=None,
            context_tokens=100_000,
        ),
        "yi-6b-200k": ReportedModel(
            name="Yi-6B-200K",
            organization="01.AI",
            weights="open",
            parameters=6_000_000_000,
            context_tokens=200_000,
        ),
        "yi-34b-200k": ReportedModel(
            name="Yi-34B-200K",
            organization="01.AI",
            weights="open",
            parameters=34_000_000_000,
            context_tokens=200_000,
        ),
        "chatglm3": ReportedModel(
            name="ChatGLM3-6B-128K",
            organization="Zhipu AI and Tsinghua",
            weights="open",
            parameters=6_000_000_000,
            context_tokens=128_000,
        ),
    }
)

# A row a model, a column a task, in percent.
_TASKS: Final = (
    "longbook_sum_eng",
    "longbook_qa_eng",
    "longbook_choice_eng",
    "longdialogue_qa_eng",
    "longbook_qa_chn",
    "code_debug",
    "code_run",
    "math_calc",
    "math_find",
    "passkey",
    "number_string",
    "kv_retrieval",
)
_PERCENT: Final = {
    "gpt4": "14.73 22.44 67.25 8.5 25.96 37.06 23.25 <5 60.0 100 100 89.0",
    "yarn-mistral": "9.09 9.55 27.95 7.5 16.98 <5 <5 <5 17.14 92.71 56.61 <5",
    "kimi": "17.96 16.52 72.49 11.5 17.93 17.77 <5 <5 12.57 98.14 95.42 53.6",
    "claude2": "14.5 11.97 62.88 46.5 9.64 <5 <5 <5 32.29 97.8 98.14 65.4",
    "yi-6b-200k": "<5 9.2 36.68 <5 15.07 9.14 <5 <5 <5 100 94.92 <5",
    "yi-34b-200k": "<5 12.17 38.43 <5 13.61 13.96 <5 <5 25.71 100 100 <5",
    "chatglm3": "<5 <5 10.48 <5 <5 7.36 <5 <5 7.71 92.2 80.68 <5",
}


def _figure(printed: str) -> ReportedFigure:
    """A printed percentage as a fraction, or as the bound that it stays below."""
    if printed.startswith("<"):
        return ReportedFigure(value=None, below=float(printed[1:]) / 100)
    return ReportedFigure(value=float(printed) / 100, below=None)


REPORTED: Final = ReportedTable(
    source=_SOURCE,
    scorer="official-2024-06",
    models=_MODELS,
    scores={
        model: {task: _figure(printed) for task, printed in zip(_TASKS, row.split(), strict=True)}
        for model, row in _PERCENT.items()
    },
)
