namespace MLNet.Detection.Heads;

/// <summary>Chooses what the second stage learns of a picture.</summary>
/// <param name="sample">The objects of the picture.</param>
/// <param name="predicted">Tables of the picture by the present weights: objectness and deltas of each anchor.</param>
internal delegate ChosenRegions RegionChooser(Sample sample, IReadOnlyList<ReadOnlyMemory<float>> predicted);
