"""How far apart the devices are: checked, and printed by ``pytest tests/agreement --agreement``."""

import numpy as np
import pytest

#: Columns of the table. Cython and C++ standalone share one header, which is tested alone too.
COLUMNS = {
    "NumPy": ["numpy"],
    "Cython": ["cython", "header"],
    "C++ standalone": ["cpp_standalone", "header"],
    "CUDA, emulated": ["emulated"],
    "CUDA": ["cuda_standalone"],
}
DEVICES = {device for devices in COLUMNS.values() for device in devices}


@pytest.fixture
def agree(request, record_property):
    """Check a quantity; which device it comes from says a parameter of the test, or its DEVICE."""
    callspec = getattr(request.node, "callspec", None)
    parameters = [] if callspec is None else callspec.params.values()
    devices = [value for value in parameters if isinstance(value, str) and value in DEVICES]
    (device,) = devices or [request.module.DEVICE]

    def check(quantity, found, expected, tolerance, against="reference"):
        largest = max(np.max(np.abs(expected), initial=0), 1e-300)
        apart = float(np.max(np.abs(found - expected), initial=0) / largest)
        record_property("agreement", [quantity, against, device, apart, tolerance])
        assert apart < tolerance, quantity

    return check


@pytest.fixture
def agree_on(agree):
    """Check a quantity of a readout in the network of every kind against the one on NumPy."""

    def check(quantity, readout, found, expected, against="NumPy"):
        # Single precision rounds differently where sums are in another order.
        note, tolerance = (", float32", 2e-4) if readout == "single" else ("", 1e-10)
        agree(quantity + note, found, expected, tolerance, against)

    return check


def pytest_addoption(parser):
    help_text = "print how far each quantity is, at most, from what it is compared with"
    parser.addoption("--agreement", action="store_true", help=help_text)


def pytest_terminal_summary(terminalreporter, config):
    """Print the table: what was compared in rows, the devices in columns."""
    if not config.getoption("--agreement", default=False):
        return
    found = {}
    for report in terminalreporter.stats.get("passed", []):
        for name, record in report.user_properties if report.when == "call" else []:
            if name == "agreement":
                quantity, against, device, *numbers = record
                found.setdefault((against, quantity), {}).setdefault(device, []).append(numbers)
    terminalreporter.section("largest difference and its tolerance, of the largest entry")
    rows = [["compared with", "quantity", *COLUMNS], ["---"] * (2 + len(COLUMNS))]
    for compared, on in sorted(found.items()):
        rows.append([*compared, *(_largest(on, devices) for devices in COLUMNS.values())])
    for row in rows:
        terminalreporter.line(f"| {' | '.join(row)} |")


def _largest(on, devices):
    numbers = [pair for device in devices for pair in on.get(device, [])]
    # a minus sign, at which no line of a page is broken
    return "{:.0e} < {:.0e}".format(*max(numbers)).replace("-", "−") if numbers else ""
