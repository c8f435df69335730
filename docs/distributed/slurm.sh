#!/usr/bin/env bash
#SBATCH --job-name=detector
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=16
#SBATCH --time=12:00:00
#SBATCH --signal=B:TERM@120
# Four nodes with a rank each. Two minutes before its time is up the job is stopped with a checkpoint; sent again, it goes on.
set -euo pipefail
run=$SLURM_SUBMIT_DIR/runs/cells
resume=(--output "$run")
[ -s "$run/checkpoint.safetensors" ] && resume=(--resume "$run")

# A rank that fails ends the others (-K). The MPI must be the one that the tool loads: see 'srun --mpi=list'.
srun -K --mpi=pmix --cpus-per-task="$SLURM_CPUS_PER_TASK" mlnet-detect train --model detector.onnx \
    --train train.json --test test.json --images images --batch 64 "${resume[@]}" &
step=$!
trap 'kill -TERM "$step"; wait "$step"' TERM
wait "$step"
