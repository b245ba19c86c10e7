"""A run as a BibTeX entry, beside that of the benchmark's paper."""

from typing import Final

# Source: ACL Anthology, 2024.acl-long.814.
_PAPER: Final = r"""@inproceedings{zhang2024infinitebench,
  title     = {$\infty$Bench: Extending Long Context Evaluation Beyond 100K Tokens},
  author    = {Zhang, Xinrong and Chen, Yingfa and Hu, Shengding and Xu, Zihang and
               Chen, Junhao and Hao, Moo and Han, Xu and Thai, Zhen and Wang, Shuo and
               Liu, Zhiyuan and Sun, Maosong},
  booktitle = {Proceedings of ACL 2024 (Volume 1: Long Papers)},
  year      = {2024}
}"""
_SPECIAL: Final = str.maketrans(
    {
        **{one: f"\\{one}" for one in "{}$&#%_"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def bibtex(
    *, model: str, public_id: str, release: str, scorer: str, year: int, address: str
) -> str:
    """Both entries as text; what people entered is escaped for TeX."""
    return f"""{_PAPER}
@misc{{ibench-{public_id},
  title        = {{{model.translate(_SPECIAL)} on $\\infty$Bench: submission {public_id}}},
  note         = {{Release {release}, scorer {scorer}}},
  year         = {{{year}}},
  howpublished = {{\\url{{{address}}}}}
}}"""
