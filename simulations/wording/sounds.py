"""Homophones: syllables without tone, merging zh/z ch/c sh/s, ng/n and l/n, as recognisers and ears confuse them."""

from functools import lru_cache

from lms.kernel.pinyin import readings, spelt_with_rest

from .reading import is_chinese


@lru_cache(maxsize=8192)
def syllables(char: str) -> frozenset[str]:
    """Return every merged reading of one Chinese character; empty for anything else."""
    if len(char) != 1 or not is_chinese(char):
        return frozenset()
    return frozenset(merged(reading) for reading in readings(char))


@lru_cache(maxsize=4096)
def merged(syllable: str) -> str:
    """Merge one toneless syllable.

    >>> merged("zhang"), merged("neng"), merged("shi")
    ('zan', 'len', 'si')
    """
    for spoken, written in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l")):
        if syllable.startswith(spoken):
            syllable = written + syllable[len(spoken) :]
            break
    return syllable[:-1] if syllable.endswith("ng") else syllable


def sounds_like(one: str, other: str) -> bool:
    """Tell whether two characters can be heard as each other; equal text always sounds alike."""
    return one == other or not syllables(one).isdisjoint(syllables(other))


@lru_cache(maxsize=4096)
def spelt(name: str) -> str:
    """Spell a whole name without tones, exactly, to suggest one with equal pinyin."""
    return "".join(spelt_with_rest(name))
