namespace MLNet.Detection.Tool.Tuning;

/// <summary>A point of the space, and what it came to so far.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Arguments">Its part of the command line.</param>
/// <param name="Epochs">Epochs of its longest run.</param>
/// <param name="Score">The metric of that run; negative where it failed.</param>
internal sealed record Trial(int Number, IReadOnlyList<string> Arguments, int Epochs = 0, double Score = -1);
