# Sourced by run: runs under real launchers of MPI programs. Debian's are installed where that is allowed; where they cannot be
# had, what needs them is skipped with a word (and so are the tests in tests/MLNet.Detection.Tool.Tests/Mpi).

install_mpi() {
    command -v mpirun.openmpi >/dev/null && command -v mpirun.mpich >/dev/null && return
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install -y -o DPkg::Lock::Timeout=60 openmpi-bin mpich \
            >"$work/apt.log" 2>&1 || (apt-get update && DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install -y \
            -o DPkg::Lock::Timeout=60 openmpi-bin mpich) >>"$work/apt.log" 2>&1
    fi
}

run_mpi() {
    local launcher
    # No weight moves: all measure the same model, on what it was taught.
    local taught=$work/taught
    local measured=("${tool[@]}" train --model "$taught/model.onnx" --train "$taught/data/instances_train.json" --images
        "$taught/data/images" --val "$taught/data/instances_train.json" --epochs 1 --lr 1e-30 --threads 1)
    check "mpi: one process teaches a model" timeout 600 "${tool[@]}" train --demo-images 16 --epochs 30 --output "$taught"
    check "mpi: it is measured by one process" timeout 600 "${measured[@]}" --output "$work/measured"
    check "mpi: it finds something" finds_something "$work/measured"
    check "mpi: the script for Slurm is bash" bash -n docs/distributed/slurm.sh
    for launcher in mpirun.openmpi mpirun.mpich; do
        if ! command -v "$launcher" >/dev/null; then
            echo "skipped: $launcher is not installed and cannot be"
            continue
        fi
        local start=("$launcher" -n 2)
        [ "$launcher" = mpirun.openmpi ] && start=("$launcher" --allow-run-as-root --oversubscribe --bind-to none -n 2)
        check "mpi: the demo on two ranks of $launcher" timeout 600 "${start[@]}" "${tool[@]}" train --demo-images 64 --epochs 1 \
            --threads 1 --output "$work/$launcher"
        check "mpi: its first step is that of one process" same_first_loss "$work/demo/log.csv" "$work/$launcher/log.csv"
        check "mpi: two ranks of $launcher measure it" timeout 600 "${start[@]}" "${measured[@]}" --output "$work/$launcher.measured"
        check "mpi: their metrics are those of one process" cmp <(metrics "$work/measured") <(metrics "$work/$launcher.measured")
    done
    if two_hosts=$(.ci/two_hosts.sh possible); then
        check "mpi: two hosts over TCP, one of them cut off in the middle" timeout 600 .ci/two_hosts.sh "$work/hosts" "${tool[@]}"
    else
        echo "skipped: two hosts over TCP: $two_hosts"
    fi
}

finds_something() {
    metrics "$1" | awk '$1 > 0 { found = 1 } END { exit !found }'
}

metrics() { # the columns of validation in the epochs of a run
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /^mAP/) wanted[i] } { for (i in wanted) print $i }' "$1/epochs.csv"
}

same_first_loss() { # to six digits
    awk -F, 'FNR == 2 { loss[++files] = $4 } END { d = loss[1] - loss[2]; print loss[1], loss[2]
        exit !(files == 2 && loss[1] > 0 && d * d <= (1e-6 * loss[1]) ^ 2) }' "$1" "$2"
}
