#!/usr/bin/env bash
# Every loss here and in PyTorch, in turn: what disturbs one disturbs the other. Prints the medians over the rounds.
#   benchmarks/losses_side_by_side.sh [ROUNDS [CASE...]]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
rounds=${1:-5}
shift || true
results=$(mktemp -d)
trap 'rm -r "$results"' EXIT
dotnet build "$here/Losses" -c Release -nologo -v:q -nodeReuse:false >/dev/null
export OMP_WAIT_POLICY=passive MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=2147483647
for ((round = 1; round <= rounds; round++)); do
    echo "round $round of $rounds" >&2
    env -u MALLOC_MMAP_THRESHOLD_ -u MALLOC_TRIM_THRESHOLD_ \
        dotnet "$here/Losses/bin/Release/net10.0/LossBenchmarks.dll" "$@" >"$results/$round.net"
    "${PYTHON:-python3}" "$here/pytorch/losses.py" "$@" >"$results/$round.torch"
done
"${PYTHON:-python3}" "$here/pytorch/summary.py" "$results"
