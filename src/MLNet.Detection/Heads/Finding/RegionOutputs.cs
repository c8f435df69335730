namespace MLNet.Detection.Heads;

/// <summary>What a file's tail makes of regions.</summary>
/// <param name="Names">The outputs.</param>
/// <param name="BackgroundLast">Whether background is the last class column.</param>
/// <param name="ScaleX">Pixels of the network's picture for one of the input, across.</param>
/// <param name="ScaleY">The same downwards.</param>
internal sealed record RegionOutputs(DetectionOutputs Names, bool BackgroundLast, float ScaleX, float ScaleY);
