#!/usr/bin/env bash
# Matching, suppression and pictures beside torchvision and PIL (Python packages), in turn: FOLDER_OF_JPEGS [rounds]
set -euo pipefail
pictures=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export OMP_WAIT_POLICY=passive
dotnet build benchmarks/Geometry -c Release -v q -nologo -clp:NoSummary
ours() { dotnet benchmarks/Geometry/bin/Release/net10.0/Geometry.dll "$@"; }
ours write "$folder"
for round in $(seq "${2:-3}"); do
    echo "round $round, here:"; ours time "$folder" 21 "$pictures"
    echo "round $round, torchvision and PIL:"
    "${PYTHON:-python3}" benchmarks/torchvision/geometry.py "$folder" 21 "$pictures"
done
