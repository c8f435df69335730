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
    done
    if two_hosts=$(.ci/two_hosts.sh possible); then
        check "mpi: two hosts over TCP, one of them cut off in the middle" timeout 600 .ci/two_hosts.sh "$work/hosts" "${tool[@]}"
    else
        echo "skipped: two hosts over TCP: $two_hosts"
    fi
}

same_first_loss() { # to six digits
    awk -F, 'FNR == 2 { loss[++files] = $4 } END { d = loss[1] - loss[2]; print loss[1], loss[2]
        exit !(files == 2 && loss[1] > 0 && d * d <= (1e-6 * loss[1]) ^ 2) }' "$1" "$2"
}
