"""Sets the environment of a test run before Django reads its settings.

Loaded by pytest's `-p`, because pytest-django reads the settings before any conftest.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Every test process has a state folder of its own, gone at its end.
_state = tempfile.mkdtemp(prefix="portal-tests-")
atexit.register(shutil.rmtree, _state, ignore_errors=True)
os.environ["STATE_DIR"] = _state
# The settings leave this in the environment, so xdist's workers would inherit their parent's
# folder and count into each other's metrics.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(Path(_state) / "metrics")
# WhiteNoise warns of a missing folder, and warnings are errors here.
(Path(_state) / "static").mkdir()
os.environ.setdefault("LOG_LEVEL", "WARNING")
# Tests ask more than a person may, and from one address.
os.environ.setdefault("API_ADDRESS_REQUESTS_PER_MINUTE", "0")
os.environ.setdefault("COMPARISONS_PER_MINUTE", "0")
os.environ.setdefault("API_USER_REQUESTS_PER_MINUTE", "0")
