"""Writes examples of all twelve tasks at any length from a seed, with texts of our own.

A generator draws from its stream only, so that a seed gives the same bytes on every machine.
What a version writes never changes: another text is another version.
"""

from scoring.drafts import GeneratorKit
from scoring.suites.infinitebench.generate.arithmetic import math_calc, math_find
from scoring.suites.infinitebench.generate.book import (
    longbook_choice_eng,
    longbook_qa_eng,
    longbook_sum_eng,
)
from scoring.suites.infinitebench.generate.chinese_novel import longbook_qa_chn
from scoring.suites.infinitebench.generate.code_debug import code_debug
from scoring.suites.infinitebench.generate.code_run import code_run
from scoring.suites.infinitebench.generate.readers import CONSTANTS, READERS
from scoring.suites.infinitebench.generate.retrieve import kv_retrieval, number_string, passkey
from scoring.suites.infinitebench.generate.script import longdialogue_qa_eng

KIT = GeneratorKit(
    version="infinitebench-1",
    generators={
        "longbook_sum_eng": longbook_sum_eng,
        "longbook_qa_eng": longbook_qa_eng,
        "longbook_choice_eng": longbook_choice_eng,
        "longdialogue_qa_eng": longdialogue_qa_eng,
        "longbook_qa_chn": longbook_qa_chn,
        "code_debug": code_debug,
        "code_run": code_run,
        "math_calc": math_calc,
        "math_find": math_find,
        "passkey": passkey,
        "number_string": number_string,
        "kv_retrieval": kv_retrieval,
    },
    readers=READERS,
    constants=CONSTANTS,
)
