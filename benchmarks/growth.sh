#!/usr/bin/env bash
# How the time of a training step grows with batch size, image size and threads, with this library's kernels, without,
# and in PyTorch: steps.csv, and its plots beside it. The folder has the layout models, datasets, reference. ALONE names a
# command that runs its arguments while the machine does nothing else; PYTHON chooses the interpreter.
#   benchmarks/growth.sh FOLDER OUTPUT [SECONDS_A_POINT [NETWORK...]]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
ultraface=$(cd "${1:?the folder with models}" && pwd)/models/ultraface/version-RFB-320_without_postprocessing.onnx
output=${2:?the folder to write to}
seconds=${3:-2}
shift $(($# < 3 ? $# : 3))
networks=${*:-ultraface ssdlite retinanet}
csv=$output/steps.csv
models=$(mktemp -d)
trap 'rm -r "$models"' EXIT
# In PyTorch's favour; see pytorch/ultraface_step.sh.
torch=(env OMP_WAIT_POLICY=passive MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=2147483647
    "${PYTHON:-python3}" "$here/pytorch/networks.py")

measure() { # measure <sweep> <network> <threads> <size> <batches>
    local sweep=$1 network=$2 threads=$3 size=$4 batches=$5 form
    local model=$models/$network-$size.onnx
    local own=(--heads cls_logits bbox_regression)
    [ "$network" != retinanet ] || own+=(--loss retinanet)
    [ "$network" != ultraface ] || own=(--heads 459 boxes --optimizer adamw)
    [ -e "$model" ] || "${torch[@]}" export "$network" "$model" --size "$size" --onnx "$ultraface" >/dev/null
    echo "$network, $size, batches $batches, $threads threads" >&2
    # Each point in a process of its own.
    for batch in $batches; do
        local point=(--threads "$threads" --size "$size" --seconds "$seconds" --batch "$batch")
        for form in on off; do
            ${ALONE:-} dotnet "$here/Networks/bin/Release/net10.0/Networks.dll" --csv "$network" --model "$model" \
                --kernels "$form" "${own[@]}" "${point[@]}" | sed "s/^/$sweep,/" >>"$csv"
        done
        ${ALONE:-} "${torch[@]}" grow "$network" --onnx "$ultraface" "${point[@]}" | sed "s/^/$sweep,/" >>"$csv"
    done
}

grow() { # grow <network> <own size> <batches> <sizes> <their batch>
    for threads in 2 1; do
        measure batch "$1" "$threads" "$2" "$3"
    done
    for size in $4; do
        measure size "$1" 2 "$size" "$5"
    done
}

for project in Networks Plots; do
    dotnet build "$here/$project" -c Release -nologo -v:q -nodeReuse:false >/dev/null
done
mkdir -p "$output"
[ -e "$csv" ] || echo "sweep,network,side,threads,batch,height,width,median_ms,best_ms" >"$csv"
for network in $networks; do
    case $network in
        ultraface) grow ultraface 240x320 "1 2 4 8 16 32" "96x128 192x256 288x384 384x512 480x640" 8 ;;
        ssdlite) grow ssdlite 320x320 "1 2 4 8 16 32" "128x128 224x224 320x320 416x416 512x512" 8 ;;
        retinanet) grow retinanet 320x320 "1 2 4 8" "128x128 224x224 320x320 416x416 512x512" 2 ;;
        *) echo "$network: expected ultraface, ssdlite or retinanet" >&2; exit 2 ;;
    esac
done
dotnet "$here/Plots/bin/Release/net10.0/Plots.dll" "$csv" "$output"
