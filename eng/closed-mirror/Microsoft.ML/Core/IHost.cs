namespace Microsoft.ML.Runtime;

/// <summary>The surroundings of one component.</summary>
public interface IHost : IHostEnvironment
{
    Random Rand { get; }
}
