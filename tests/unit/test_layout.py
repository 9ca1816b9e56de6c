"""Whoever looks for the tests of a module finds them."""

from pathlib import Path

import brian_force

PACKAGE = Path(brian_force.__file__).parent
TESTS = Path(__file__).parents[1]

#: Modules whose tests stand elsewhere, and where.
ELSEWHERE = {
    **{
        f"cli/{name}.py": "unit/test_cli.py"
        for name in ("about", "options", "program", "recordings", "study", "train")
    },
    "commands/tasks.py": "unit/test_tasks_command.py",
    "commands/train.py": "unit/test_train_command.py",
    "learning/codegen/codeobjects.py": "agreement/test_devices.py",
    "learning/codegen/numpy_kernels.py": "agreement/test_kernels.py",
    "learning/readout_arguments.py": "errors/test_messages.py",
    "plotting/panels.py": "unit/test_plotting.py",
    "plotting/style.py": "unit/test_plotting.py",
    "plotting/training.py": "unit/test_plotting.py",
    "tasks/sine.py": "unit/test_tasks.py",
    "tasks/task.py": "unit/test_tasks.py",
}


def modules():
    return sorted(
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if path.name != "__init__.py" and "templates" not in path.parts
    )


def place_of_tests(module):
    return ELSEWHERE.get(module, f"unit/test_{Path(module).name}")


def test_every_module_has_its_tests():
    missing = [module for module in modules() if not (TESTS / place_of_tests(module)).is_file()]
    assert missing == []


def test_the_exceptions_are_modules():
    assert set(ELSEWHERE) <= set(modules())


def test_no_two_modules_share_a_name():
    names = [Path(module).name for module in modules() if module not in ELSEWHERE]
    assert len(names) == len(set(names))


def test_every_file_of_unit_tests_has_a_module():
    tested = {place_of_tests(module) for module in modules()} | {"unit/test_layout.py"}
    present = {f"unit/{path.name}" for path in (TESTS / "unit").glob("test_*.py")}
    assert present - tested == set()
