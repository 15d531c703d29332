"""OpenVINO on one's own machine."""

import subprocess
import sys

import pytest


def test_nothing_is_told_to_the_makers_of_openvino() -> None:
    pytest.importorskip("openvino")
    code = (
        "import sys; from services.embedder.runtime.openvino import imported; imported().Core();"
        "assert not [name for name, module in sys.modules.items() if 'telemetry' in name.split('.')[0] and module]"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
