using System.Globalization;

namespace OnnxGraphs.Distributed;

/// <summary>What a launcher of MPI programs says to each process that it starts.</summary>
/// <param name="Variable">The variable of the environment that says how many they are.</param>
/// <param name="Count">How many.</param>
/// <param name="Family">Whose launcher it is; null where it starts programs of several.</param>
internal sealed record MpiLaunch(string Variable, int Count, MpiFamily? Family)
{
    // Slurm's batch scripts themselves have SLURM_NTASKS; what srun starts has the number of its step.
    private static readonly (string Variable, MpiFamily? Family)[] Known =
    [
        ("OMPI_COMM_WORLD_SIZE", MpiFamily.OpenMpi), ("MV2_COMM_WORLD_SIZE", MpiFamily.Mpich),
        ("SLURM_STEP_NUM_TASKS", null), ("PMI_SIZE", MpiFamily.Mpich),
    ];

    /// <summary>Finds it in the environment; null where the process was started alone.</summary>
    public static MpiLaunch? Find(Func<string, string?> environment) => Known.Select(known =>
            int.TryParse(environment(known.Variable), CultureInfo.InvariantCulture, out var count) && count > 1
                ? new MpiLaunch(known.Variable, count, known.Family) : null)
        .FirstOrDefault(launch => launch is not null);
}
