#!/usr/bin/env bash
# Faster R-CNN with MobileNetV3 at 320 x 320 on BCCD from the same random weights, both losses of its second stage: the tool
# and torchvision with the same recipe, in turn. The folder has the layout datasets/bccd.
#   benchmarks/two_stage_side_by_side.sh FOLDER [EPOCHS [BATCH [REGIONS]]]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bccd=$(cd "${1:?the folder with datasets}" && pwd)/datasets/bccd
epochs=${2:-20} batch=${3:-4} rois=${4:-128}
python=${PYTHON:-python3}
results=$(mktemp -d)
trap 'rm -r "$results"' EXIT
tool=$here/../src/MLNet.Detection.Tool
data=(--train "$bccd/annotations/instances_train.json" --test "$bccd/annotations/instances_test.json"
    --images "$bccd/BCCD/JPEGImages")
recipe=(--epochs "$epochs" --batch "$batch" --rois "$rois" --lr 0.0005)

dotnet build "$tool" -c Release -nologo -v:q -nodeReuse:false >/dev/null
"$python" "$here/pytorch/two_stage.py" export "$results/net.onnx" >/dev/null 2>&1
run() { dotnet "$tool/bin/Release/net10.0/mlnet-detect.dll" "$@"; }

for loss in cross-entropy focal; do
    run train --model "$results/net.onnx" "${data[@]}" "${recipe[@]}" --loss "$loss" --batch-statistics --clip-norm 10 \
        --output "$results/$loss" | grep '^mAP50' | sed "s/^/mlnet-detect, $loss: /"
    # The log has the seconds since the start: a step is what lies between two of its lines within an epoch.
    awk -F, 'NR > 2 && $2 == epoch { print $NF - last } { epoch = $2; last = $NF }' "$results/$loss/log.csv" | sort -n |
        awk -v loss="$loss" '{ all[NR] = $1 } END { printf "mlnet-detect, %s: step %.0f ms\n", loss, 1000 * all[int((NR + 1) / 2)] }'
    "$python" "$here/pytorch/two_stage.py" train "$results/net.onnx.pt" "${data[@]}" "${recipe[@]}" --loss "$loss" \
        --results "$results/found.json"
    run evaluate "$bccd/annotations/instances_test.json" "$results/found.json" --json "$results/ap.json" --overwrite >/dev/null
    "$python" -c 'import json, sys; m = json.load(open(sys.argv[1]))["metrics"]
print(f"torchvision, {sys.argv[2]}:", ", ".join(f"{k} {m[k]:.4f}" for k in list(m)[:2]))' "$results/ap.json" "$loss"
done
