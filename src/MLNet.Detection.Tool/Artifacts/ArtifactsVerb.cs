using System.CommandLine;

namespace MLNet.Detection.Tool.Artifacts;

/// <summary>Files for training on devices with the official runtime (Microsoft.ML.OnnxRuntime.Training).</summary>
internal sealed class ArtifactsVerb : Command
{
    public ArtifactsVerb() : base("artifacts", "Writes the files that ONNX Runtime's on-device training takes, and "
        + "puts what it trained back into the detector.")
    {
        Subcommands.Add(new WriteVerb());
        Subcommands.Add(new FinishVerb());
    }
}
