#!/usr/bin/env bash
# What a second rank costs: training steps of one process with two threads beside two ranks of one thread each, on the same
# pictures with the same batch, in turn. Needs two idle cores and a launcher of MPI programs (mpirun.openmpi or mpirun.mpich).
# Options behind the number of rounds are those of 'mlnet-detect train'; without them, the built-in detector.
#   benchmarks/ranks.sh [ROUNDS [TRAIN OPTIONS...]]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
rounds=${1:-3}
options=("${@:2}")
[ ${#options[@]} -gt 0 ] || options=(--demo-images 96 --batch 8)
launchers=()
for launcher in mpirun.openmpi mpirun.mpich; do
    command -v "$launcher" >/dev/null && launchers+=("$launcher")
done
[ ${#launchers[@]} -gt 0 ] || { echo "No launcher is here; on Debian: apt-get install openmpi-bin mpich." >&2; exit 1; }
results=$(mktemp -d)
trap 'rm -r "$results"' EXIT
tool=$here/../src/MLNet.Detection.Tool
dotnet build "$tool" -c Release -nologo -v:q -nodeReuse:false >/dev/null
train=(dotnet "$tool/bin/Release/net10.0/mlnet-detect.dll" train "${options[@]}" --epochs 3 --workers 0)

# The log has the seconds since the start: a step is what lies between two of its lines within an epoch. The first epoch warms up.
steps() { awk -F, 'NR > 1 && $2 > 1 && $2 == epoch { print 1000 * ($NF - last) } { epoch = $2; last = $NF }' "$1/log.csv"; }
median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

ranks() { # ranks <launcher> <output>: each rank on a core of its own
    local bind=(-bind-to core)
    [ "$1" = mpirun.openmpi ] && bind=(--allow-run-as-root --bind-to core)
    "$1" "${bind[@]}" -n 2 "${train[@]}" --threads 1 --output "$2" >/dev/null
}

for ((round = 1; round <= rounds; round++)); do
    "${train[@]}" --threads 2 --output "$results/alone$round" >/dev/null
    steps "$results/alone$round" >>"$results/alone.ms"
    for launcher in "${launchers[@]}"; do
        ranks "$launcher" "$results/$launcher$round"
        steps "$results/$launcher$round" >>"$results/$launcher.ms"
    done
done
alone=$(median <"$results/alone.ms")
echo "load of the machine: $(cut -d' ' -f1-3 /proc/loadavg)"
echo "1 process, 2 threads: $alone ms a step"
for launcher in "${launchers[@]}"; do
    shared=$(median <"$results/$launcher.ms")
    awk -v name="$launcher" -v one="$alone" -v two="$shared" \
        'BEGIN { printf "2 ranks, 1 thread each, %s: %s ms a step, %.2f of the throughput\n", name, two, one / two }'
done
