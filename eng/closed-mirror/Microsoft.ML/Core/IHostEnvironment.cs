namespace Microsoft.ML.Runtime;

/// <summary>What components get from their surroundings: random numbers, log channels, progress channels.</summary>
public interface IHostEnvironment : IChannelProvider, IProgressChannelProvider
{
    /// <param name="name">The component, as the log will call it.</param>
    /// <param name="seed">Seed of its random numbers; null takes the next one of the surroundings.</param>
    /// <param name="verbose">Whether it reports in detail.</param>
    IHost Register(string name, int? seed = null, bool? verbose = null);
}
