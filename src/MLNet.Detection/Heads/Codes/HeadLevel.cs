namespace MLNet.Detection.Heads;

/// <summary>One feature level of a head: its grid, and where its maps hold what a place predicts.</summary>
/// <param name="Width">Cells in a row.</param>
/// <param name="Height">Rows of cells.</param>
/// <param name="Anchors">Places in a cell.</param>
/// <param name="Classes">Class logits.</param>
/// <param name="Boxes">Numbers of the box, as <see cref="BoxCode"/> says.</param>
/// <param name="Objectness">Logit of whether there is an object; null where heads have none.</param>
/// <param name="Shifts">The second half of the box's numbers, where it stands in another map (CenterNet).</param>
/// <param name="Gain">The level's own gain of a <see cref="SigmoidCode"/>, where levels differ (YOLOv4).</param>
public sealed record HeadLevel(
    int Width, int Height, int Anchors, ChannelSlice Classes, ChannelSlice Boxes, ChannelSlice? Objectness = null,
    ChannelSlice? Shifts = null, float? Gain = null)
{
    /// <summary>Places of the level.</summary>
    public int Places => Width * Height * Anchors;

    internal IEnumerable<ChannelSlice> Slices =>
        new[] { Classes, Boxes, Shifts, Objectness }.OfType<ChannelSlice>();
}
