#!/usr/bin/env bash
# Everything that is compared with PyTorch, in one run and in turn: steps of whole networks, the step on BCCD, losses.
# The folder has the layout models, datasets, reference.
#   benchmarks/networks_side_by_side.sh FOLDER [ROUNDS [losses|steps|bccd ...]]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
shared=$(cd "${1:?the folder with models, datasets and reference}" && pwd)
rounds=${2:-3}
shift; shift || true
parts=" ${*:-steps bccd losses} "
python=${PYTHON:-python3}
results=$(mktemp -d)
trap 'rm -r "$results"' EXIT
networks=$here/Networks/bin/Release/net10.0/Networks.dll
ultraface=$shared/models/ultraface/version-RFB-320_without_postprocessing.onnx
ssdlite=$shared/models/ssdlite320_mobilenet_v3_large_c4.onnx

torch() { # in PyTorch's favour; see pytorch/ultraface_step.sh
    OMP_WAIT_POLICY=passive MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=2147483647 \
        "$python" "$here/pytorch/networks.py" "$@"
}

both() { # both <name> <batch> <arguments of the .NET side>
    local name=$1 batch=$2 form
    shift 2
    for form in on off; do
        dotnet "$networks" --kernels "$form" --batch "$batch" --rounds 3 --threads 2 "$@" \
            >>"$results/$name.kernels-$form"
    done
    torch step "$name" --batch "$batch" --onnx "$ultraface" >>"$results/$name.torch"
}

if [[ $parts == *" steps "* ]]; then
    dotnet build "$here/Networks" -c Release -nologo -v:q -nodeReuse:false >/dev/null
    torch export retinanet "$results/retinanet.onnx" >/dev/null
    for ((round = 1; round <= rounds; round++)); do
        echo "networks, round $round of $rounds" >&2
        both ultraface 8 --model "$ultraface" --heads 459 boxes --size 240x320 --optimizer adamw
        both ssdlite 8 --model "$ssdlite" --heads cls_logits bbox_regression
        both retinanet 4 --model "$results/retinanet.onnx" --heads cls_logits bbox_regression --loss retinanet
    done
    "$python" "$here/pytorch/networks_summary.py" "$results"
fi
if [[ $parts == *" bccd "* ]]; then
    echo
    "$here/side_by_side.sh" "$shared" "$rounds"
fi
if [[ $parts == *" losses "* ]]; then
    echo
    "$here/losses_side_by_side.sh" "$rounds"
fi
