#!/usr/bin/env bash
# UltraFace slim and SSDLite on BCCD in whole numbers, for each seed: AP50-95 of the test part in floats, after calibration with
# 200 pictures of the training part, and after three epochs of repair with ranges fixed and learnt; size of the files, time of
# the calibration, peak memory. The folder has the layout models, zoo, datasets/bccd.
#   benchmarks/quantization.sh FOLDER RESULTS [SEED ...]
# Detectors in RESULTS/<name><seed>/model.onnx are taken as they are, so that a stopped run goes on.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
shared=$(cd "${1:?the folder with models, zoo and datasets}" && pwd)
results=${2:?a folder for the detectors}
shift 2
(($#)) || set -- 1 2 3
bccd=$shared/datasets/bccd
tool=${TOOL:-$here/../src/MLNet.Detection.Tool/bin/Release/net10.0/mlnet-detect.dll}
[[ -f $tool ]] || dotnet build "$here/../src/MLNet.Detection.Tool" -c Release -nologo -v:q -nodeReuse:false >/dev/null
data=(--train "$bccd/annotations/instances_train.json" --test "$bccd/annotations/instances_test.json"
    --images "$bccd/BCCD/JPEGImages")
mkdir -p "$results"

floats() { # floats <folder> <options of train>
    [[ -f $1/model.onnx ]] || dotnet "$tool" train "${data[@]}" --output "$@" >"$1.log" 2>&1
}

whole() { # whole <detector> <form> <options of quantize>
    local folder=$1 form=$2 log="$1/$2.log"
    shift 2
    /usr/bin/time -f 'peak %M' dotnet "$tool" quantize --model "$folder/model.onnx" \
        --data "$bccd/annotations/instances_train.json" --test "$bccd/annotations/instances_test.json" \
        --images "$bccd/BCCD/JPEGImages" --output "$folder/$form.onnx" --overwrite --max-drop 1 "$@" >"$log" 2>&1
    row "$folder" "$form"
}

row() { # row <detector> <form>: what the log says; rows of the tool's table have a name, AP50-95 and MB
    sed 's/│/|/g' "$1/$2.log" | awk -F'|' -v name="$(basename "$1")" -v form="$2" '
        function cell(i) { gsub(/^ +| +$/, "", $i); return $i }
        $2 ~ /floats/ && NF > 3 { floats = cell(3); before = cell(4) }
        $2 ~ /written/ && NF > 3 { whole = cell(3); after = cell(4) }
        /^Calibrated/ { split($0, word, " "); seconds = word[6] }
        /^peak/ { split($0, word, " "); peak = word[2] / 1024 }
        END { printf "| %s | %s | %s | %s | %+.3f | %s to %s MB | %s s | %.0f MB |\n", name, form, floats, whole, whole - floats,
            before, after, seconds, peak }'
}

echo "| detector and seed | form | floats | whole numbers | change | file | calibration | peak memory |"
echo "|---|---|---|---|---|---|---|---|"
for seed; do
    floats "$results/ultraface$seed" --model "$shared/zoo/ultraface_slim320_nopost.onnx" --anchor-scheme ultraface \
        --seed "$seed"
    floats "$results/ssdlite$seed" --model "$shared/models/ssdlite320_mobilenet_v3_large_c4.onnx" --loss multibox \
        --anchor-scheme ssdlite320 --epochs 10 --lr 0.001 --seed "$seed"
    for name in ultraface ssdlite; do
        whole "$results/$name$seed" calibrated
        whole "$results/$name$seed" repaired --repair 3
        whole "$results/$name$seed" repaired-learnt --repair 3 --repair-ranges learnt
    done
done
