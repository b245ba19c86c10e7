"""How long our texts are in tokens, without a tokenizer at hand.

Measured with cl100k_base, GPT-4's, on our own texts: the benchmark's task table was counted with
it, in units of 1,024 tokens.  Another tokenizer counts otherwise; a length names a track, and is
no promise about a particular model.
"""

# A line of noise, a pair of a key and its value, a number with its comma, a number with its
# operator, a function: tokens each.
NOISE_LINE = 24.0
KEY_AND_VALUE = 49.67
LISTED_NUMBER = 3.0
SUMMED_NUMBER = 3.0
SMALL_FUNCTION = 17.5

# Characters a token, by kind of text.
PROSE = 4.22
SCRIPT = 3.8
CHINESE = 0.725
PYTHON = 4.25
