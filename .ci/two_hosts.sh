#!/usr/bin/env bash
# Two hosts, which are network namespaces with a cable between them, train together over TCP by Open MPI; then one is cut off,
# and the job must end by itself with a whole checkpoint. Prints bytes sent a step, and how long the end took.
#   .ci/two_hosts.sh possible            says why it cannot run here, with exit code 1
#   .ci/two_hosts.sh FOLDER TOOL...      a new folder, and the command of the tool
set -uo pipefail
first=detect$$a
second=detect$$b
net=10.$((RANDOM % 200 + 20)).$((RANDOM % 250))

lay_cable() {
    ip netns add "$first" && ip netns add "$second" &&
        ip link add eth0 netns "$first" type veth peer name eth0 netns "$second" &&
        ip -n "$first" addr add "$net.1/24" dev eth0 && ip -n "$second" addr add "$net.2/24" dev eth0 &&
        ip -n "$first" link set eth0 up && ip -n "$second" link set eth0 up &&
        ip -n "$first" link set lo up && ip -n "$second" link set lo up
}

clear_up() {
    ip netns pids "$second" 2>/dev/null | xargs -r kill -KILL 2>/dev/null
    ip netns del "$first" 2>/dev/null
    ip netns del "$second" 2>/dev/null
}
trap clear_up EXIT

if [ "${1:-}" = possible ]; then
    command -v mpirun.openmpi >/dev/null || { echo "mpirun.openmpi is not installed"; exit 1; }
    command -v ip >/dev/null || { echo "ip is not installed"; exit 1; }
    lay_cable 2>/dev/null || { echo "network namespaces are not allowed here"; exit 1; }
    exit 0
fi
folder=$1
tool=("${@:2}")
mkdir -p "$folder"
lay_cable || exit 1
# In place of SSH: starts a command on the host that has the address.
cat >"$folder/agent" <<AGENT
#!/bin/sh
case \$1 in $net.1) host=$first ;; *) host=$second ;; esac
shift
exec ip netns exec \$host sh -c "\$*"
AGENT
chmod +x "$folder/agent"
lost=(--mca oob_tcp_keepalive_time 5 --mca oob_tcp_keepalive_intvl 1 --mca oob_tcp_keepalive_probes 3)
ip netns exec "$first" mpirun.openmpi --allow-run-as-root --mca plm_rsh_agent "$folder/agent" --mca btl tcp,self \
    --mca btl_tcp_if_include "$net.0/24" --mca oob_tcp_if_include "$net.0/24" "${lost[@]}" --bind-to none \
    --host "$net.1:1,$net.2:1" -n 2 "${tool[@]}" train --demo-images 16 --epochs 10000 --threads 1 --output "$folder/run" \
    >"$folder/job.log" 2>&1 &
job=$!

lines() { cat "$folder/run/log.csv" 2>/dev/null | wc -l; }
sent() { ip -n "$first" -s link show eth0 | awk '/TX:/ { getline; print $1 }'; }
wait_for() { # wait_for <lines of the log>
    for _ in $(seq 600); do
        [ "$(lines)" -ge "$1" ] && return
        kill -0 "$job" 2>/dev/null || break
        sleep 0.2
    done
    echo "the job took no steps:"
    cat "$folder/job.log"
    exit 1
}
wait_for 10
from=$(lines) bytes=$(sent)
wait_for $((from + 20))
steps=$(($(lines) - from))
echo "$((($(sent) - bytes) / steps)) bytes sent a step"
ip -n "$second" link set eth0 down
cut=$(date +%s)
for _ in $(seq 60); do
    kill -0 "$job" 2>/dev/null || break
    sleep 1
done
if kill -0 "$job" 2>/dev/null; then
    echo "the job still runs a minute after a host was cut off"
    kill -KILL "$job"
    exit 1
fi
wait "$job"
code=$?
echo "the job ended $(($(date +%s) - cut)) s after a host was cut off, with exit code $code"
tail -n 4 "$folder/job.log"
[ "$code" -ne 0 ] && [ -s "$folder/run/checkpoint.safetensors" ] || exit 1
# What was written is whole: one process goes on from it.
timeout -s INT 40 "${tool[@]}" train --demo-images 16 --epochs 10000 --resume "$folder/run" >"$folder/resumed.log" 2>&1
[ $? -eq 124 ] && grep -q '^Epoch' "$folder/resumed.log" && grep -q 'Stopped' "$folder/resumed.log"
