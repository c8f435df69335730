using OnnxGraphs.Models;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>A checkpoint that a run goes on from; its settings must be those of the run.</summary>
internal static class ResumePoint
{
    public static Checkpoint Load(string path, IReadOnlyDictionary<string, string> settings)
    {
        var checkpoint = Checkpoint.Load(path);
        foreach (var (key, value) in settings)
            if (checkpoint.Notes.TryGetValue(key, out var written) && written != value)
                throw new ModelException(
                    $"{path}: it was written with {key} = {written}, this run has {value}; resume with equal "
                    + "settings and data.");
        return checkpoint;
    }
}
