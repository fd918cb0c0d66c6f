"""The kernels in CUDA C++, and beside each the module that chooses its compile-time constants and its launch."""
