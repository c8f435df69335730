#!/usr/bin/env bash
# One training step of UltraFace on BCCD, here and in PyTorch, in turn: what disturbs one disturbs the other. The folder has
# the layout models/ultraface, datasets/bccd, reference/15_bccd.
#   benchmarks/side_by_side.sh FOLDER [ROUNDS]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
shared=$(cd "${1:?the folder with models, datasets and reference}" && pwd)
rounds=${2:-3}
bccd=$shared/datasets/bccd
dotnet build "$here/Step" -c Release -nologo -v:q -nodeReuse:false >/dev/null
for ((round = 1; round <= rounds; round++)); do
    echo "round $round, .NET:    $(dotnet "$here/Step/bin/Release/net10.0/Step.dll" --model "$shared/models/ultraface/version-RFB-320.onnx" \
        --coco "$bccd/annotations/instances_train.json" --images "$bccd/BCCD/JPEGImages" --epochs 4)"
    echo "round $round, PyTorch: $("$here/pytorch/ultraface_step.sh" --model "$shared/models/ultraface/version-RFB-320_without_postprocessing.onnx" \
        --init "$shared/reference/15_bccd/init_seed0.npz" --plan "$shared/reference/15_bccd/plan_seed0.npz" \
        --coco "$bccd/annotations/instances_train.json" --images "$bccd/BCCD/JPEGImages" --steps 78 | tail -n 2 | paste -sd, )"
done
