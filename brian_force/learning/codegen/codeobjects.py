"""The code objects of a readout: those of Brian, with templates of our own added."""

import functools
from typing import Any

from brian2 import get_device
from brian2.codegen.runtime.cython_rt.cython_rt import CythonCodeObject
from brian2.codegen.runtime.numpy_rt.numpy_rt import NumpyCodeObject
from brian2.devices.cpp_standalone.codeobject import CPPStandaloneCodeObject
from brian2.devices.cpp_standalone.device import CPPStandaloneDevice
from brian2.devices.device import RuntimeDevice
from brian2.groups.group import CodeRunner

from brian_force.errors import UnsupportedDeviceError

__all__ = ["ReadoutRunner", "check_device", "emptied", "is_cuda", "is_standalone"]

PACKAGE = "brian_force.learning.codegen"


class ReadoutNumpyCodeObject(NumpyCodeObject):
    """Runs a readout with NumPy and BLAS."""

    templater = NumpyCodeObject.templater.derive(PACKAGE, templates_dir="templates/numpy")


class ReadoutCythonCodeObject(CythonCodeObject):
    """Runs a readout with the C++ kernels, called from Cython."""

    templater = CythonCodeObject.templater.derive(
        (PACKAGE, PACKAGE), templates_dir=("templates/cython", "kernels")
    )

    def compile_block(self, block: str) -> Any:
        """Compile, and refuse to go on without: Brian would run the network without a readout."""
        compiled = super().compile_block(block)
        if compiled is None and block == "run":
            raise RuntimeError(f"Cython could not compile '{self.name}'. Its message stands above.")
        return compiled


class ReadoutCPPStandaloneCodeObject(CPPStandaloneCodeObject):
    """Runs a readout with the C++ kernels in a standalone project."""

    templater = CPPStandaloneCodeObject.templater.derive(
        (PACKAGE, PACKAGE), templates_dir=("templates/cpp", "kernels")
    )


CODE_OBJECTS = {
    NumpyCodeObject: ReadoutNumpyCodeObject,
    CythonCodeObject: ReadoutCythonCodeObject,
    CPPStandaloneCodeObject: ReadoutCPPStandaloneCodeObject,
}


@functools.cache
def _cuda_code_object() -> Any:
    """Make the class that runs a readout on a GPU; brian2cuda need not be installed before."""
    from brian2cuda.codeobject import CUDAStandaloneCodeObject  # noqa: PLC0415

    class ReadoutCUDAStandaloneCodeObject(CUDAStandaloneCodeObject):
        """Runs a readout with the CUDA kernels in a standalone project."""

        templater = CUDAStandaloneCodeObject.templater.derive(
            (PACKAGE, PACKAGE), templates_dir=("templates/cuda", "kernels")
        )

    return ReadoutCUDAStandaloneCodeObject


def check_device(owner: str) -> None:
    """Refuse a device without kernels.

    The exact class counts: devices derived from C++ standalone (GeNN) inherit its machinery, but
    cannot run its kernels.
    """
    if type(get_device()) not in (RuntimeDevice, CPPStandaloneDevice) and not is_cuda():
        name = type(get_device()).__name__
        raise UnsupportedDeviceError(
            f"{owner} has no kernel for the device {name}. "
            "Use set_device('runtime') or set_device('cpp_standalone')."
        )


def is_standalone() -> bool:
    """Whether the active device generates a C++ or CUDA project."""
    return isinstance(get_device(), CPPStandaloneDevice)


def is_cuda() -> bool:
    """Whether the active device is that of brian2cuda, which is not imported to find out."""
    return type(get_device()).__name__ == "CUDAStandaloneDevice"


def emptied(vector: str, c_type: str) -> str:
    """Write the line that empties a dynamic array of the generated project.

    On a GPU it is the array there, which is copied to the host before everything is written.
    """
    if is_cuda():
        return f"thrust::device_vector<{c_type}>().swap(brian::dev{vector});"
    return f"std::vector<{c_type}>().swap(brian::{vector});"


class ReadoutRunner(CodeRunner):
    """A piece of a readout's code that runs every time step of a clock."""

    add_to_magic_network = False
    invalidates_magic_network = False

    def create_code_objects(self, run_namespace: Any) -> None:
        """Choose the code object of the device that is active when the run begins."""
        check_device(self.group.name)
        default = get_device().code_object_class(fallback_pref="codegen.target")
        self.codeobj_class = _cuda_code_object() if is_cuda() else CODE_OBJECTS[default]
        super().create_code_objects(run_namespace)
