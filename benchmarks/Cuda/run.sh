#!/usr/bin/env bash
# Measures in the folder that publish.sh made, and writes report.md to a new folder.
#   ./run.sh OUTPUT [--device cpu] [--small]
# PARTS chooses what runs, of: correctness steps loss weights kernels soak pytorch. LIMIT ends each of them after so many
# seconds. PYTHON chooses the interpreter that has PyTorch; its CUDA and cuDNN are used where the system has none.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
output=${1:?the folder to write to}
shift
parts=${PARTS:-correctness steps weights loss kernels soak pytorch}
limit=${LIMIT:-600}
python=${PYTHON:-python3}
[ ! -e "$output/report.md" ] || { echo "run.sh: $output/report.md is there already; give a new folder." >&2; exit 1; }
mkdir -p "$output"

libraries=$("$python" -c 'import glob, site, sys
folders = site.getsitepackages() + sys.path
print(":".join(sorted({lib for f in folders for lib in glob.glob(f + "/nvidia/*/lib") + glob.glob(f + "/nvidia/*/lib64")})))' 2>/dev/null)
export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$libraries

{
    echo "# Training on a GPU"
    echo
    nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm --format=csv,noheader 2>/dev/null || echo "No NVIDIA driver."
    echo "$(uname -m), $(nproc) processors"
} >"$output/report.md"
for part in $parts; do
    echo "== $part"
    case $part in
        pytorch) timeout "$limit" "$python" "$here/pytorch/cuda.py" --models "$here/models" --output "$output/$part.md" "$@" ;;
        # Each launch is waited for, or the profile shows launches.
        kernels) CUDA_LAUNCH_BLOCKING=1 timeout "$limit" "$here/bin/CudaBenchmarks" --models "$here/models" \
            --output "$output/$part.md" --parts "$part" "$@" ;;
        *) timeout "$limit" "$here/bin/CudaBenchmarks" --models "$here/models" --output "$output/$part.md" --parts "$part" "$@" ;;
    esac || echo "$part ended with $?" | tee -a "$output/$part.md"
    { echo; cat "$output/$part.md" 2>/dev/null; } >>"$output/report.md"
done
