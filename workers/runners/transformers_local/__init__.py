"""Models of the transformers library on this machine's card or processor.

Only what reads and decodes: nothing here knows of runs, and nothing outside needs torch.
"""
