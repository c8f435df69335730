#!/usr/bin/env bash
# Makes a folder with all that run.sh needs on another machine: the program without need of .NET, ONNX Runtime with CUDA,
# the models, and the PyTorch side. The models come from a folder of the layout models/ultraface.
#   benchmarks/Cuda/publish.sh FOLDER OUTPUT [--cpu] [--gpu ARCHITECTURE]
# --cpu takes ONNX Runtime without CUDA, to try the folder. --gpu 90 empties the machine code for other GPUs than, here,
# Hopper: the folder can then be packed small. PYTHON chooses the interpreter (PyTorch, torchvision and onnx are needed).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
shared=$(cd "${1:?the folder with models}" && pwd)/models
output=${2:?the folder to make}
shift 2
cuda=true
gpu=
while [ $# -gt 0 ]; do
    case $1 in
        --cpu) cuda=false ;;
        --gpu) gpu=${2:?--gpu needs an architecture, such as 90}; shift ;;
        *) echo "publish.sh: option '$1' is not known; expected --cpu or --gpu ARCHITECTURE." >&2; exit 1 ;;
    esac
    shift
done
python=${PYTHON:-python3}
[ ! -e "$output" ] || { echo "publish.sh: $output is there already; give a new folder." >&2; exit 1; }
mkdir -p "$output/models" "$output/pytorch" "$output/Cuda"
output=$(cd "$output" && pwd)

dotnet publish "$here" -c Release -r linux-x64 --self-contained "-p:Cuda=$cuda" -nologo -v:q -nodeReuse:false -o "$output/bin"
[ -z "$gpu" ] || "$python" "$here/one_gpu.py" "$output/bin/libonnxruntime_providers_cuda.so" "$gpu"

references=$here/../../tests/References
cp "$references/13_training/tiny_retinanet.onnx" "$references/heads/ssd.onnx" "$references/heads/retinanet.onnx" \
    "$output/models"
cp "$shared/ultraface/version-RFB-320_without_postprocessing.onnx" "$output/models/ultraface.onnx"
cp "$shared/ssdlite320_mobilenet_v3_large_c4.onnx" "$output/models/ssdlite.onnx"
for size in 128 512; do
    "$python" "$here/../pytorch/networks.py" export retinanet "$output/models/retinanet_$size.onnx" --size "${size}x$size" --empty \
        >/dev/null
done
cp "$here"/../pytorch/{cuda,networks,multibox,onnx_network}.py "$output/pytorch"
cp "$here/shapes.csv" "$output/Cuda"
cp "$here/run.sh" "$output"
chmod -R u+w "$output"
du -sh "$output"
