#!/bin/sh
# Runs ultraface_step.py as fast as PyTorch goes: threads that do not spin on shared cores, and an allocator that keeps
# its pages (with the default one every step page-faults its activations in again). PYTHON chooses the interpreter.
export OMP_WAIT_POLICY=passive
export MALLOC_MMAP_THRESHOLD_=1073741824
export MALLOC_TRIM_THRESHOLD_=2147483647
exec "${PYTHON:-python3}" "$(dirname "$0")/ultraface_step.py" "$@"
