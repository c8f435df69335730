namespace MLNet.Detection.Fuzz;

/// <summary>What must not have happened.</summary>
/// <param name="Target">To which reader.</param>
/// <param name="Number">Of the input: seed and number make it again.</param>
/// <param name="What">The exception that is not ours, the time or the memory.</param>
internal sealed record FuzzFault(string Target, int Number, string What);
