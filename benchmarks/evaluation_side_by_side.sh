#!/usr/bin/env bash
# COCO evaluation of 500,000 detections beside pycocotools (needs its Python package), in turn: [rounds]
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
dotnet build benchmarks/Evaluation -c Release -v q -nologo -clp:NoSummary
ours() { dotnet benchmarks/Evaluation/bin/Release/net10.0/Evaluation.dll "$@"; }
ours write "$folder"
for round in $(seq "${1:-3}"); do
    echo "round $round, here:"; ours time "$folder" 2
    echo "round $round, pycocotools:"; "${PYTHON:-python3}" benchmarks/pycocotools/evaluation.py "$folder" 1 | grep -E '^(load|evaluate|peak)'
done
