namespace MLNet.Detection.Heads;

/// <summary>Inputs of a step with what the chosen regions must predict.</summary>
internal static class RegionInputs
{
    /// <summary>Int64 [B R]: 0 for background, one more than the class for objects, -1 for places without a
    /// region.</summary>
    public const string Labels = "targets/regions/labels";

    /// <summary>[B R, 4]: deltas.</summary>
    public const string Targets = "targets/regions/boxes";

    /// <summary>[B R, 4]: the regions, where the loss asks for them.</summary>
    public const string Places = "targets/regions/places";
}
