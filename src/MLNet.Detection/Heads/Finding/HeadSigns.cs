namespace MLNet.Detection.Heads;

/// <summary>What the end of a file shows of its head, before anything is made of it.</summary>
/// <param name="Levels">Levels with the slices that have been told apart.</param>
/// <param name="ClassActivation"><c>Sigmoid</c> or <c>Softmax</c> behind the classes; null where none is.</param>
/// <param name="BoxColumns">Numbers of a box: 4, or 4 bins.</param>
/// <param name="Keypoints">Numbers of the keypoints, which are left alone; 0 where there are none.</param>
/// <param name="KeypointsWithBoxes">Whether they lie in the same value as the boxes.</param>
/// <param name="Decoded">Whether the file decodes the boxes itself.</param>
/// <param name="Strides">Stride of each level, pixels.</param>
/// <param name="Outputs">Outputs that the maps flow into.</param>
internal sealed record HeadSigns(IReadOnlyList<HeadLevel> Levels, string? ClassActivation, int BoxColumns, int Keypoints,
    bool KeypointsWithBoxes, bool Decoded, IReadOnlyList<float> Strides, int Outputs)
{
    /// <summary>Whether sizes and shifts of boxes have maps of their own.</summary>
    public bool Shifts => Levels[0].Shifts is not null;

    /// <summary>Whether one map of each level has all of its numbers.</summary>
    public bool Joint => Levels[0].Boxes.Map == Levels[0].Classes.Map && Levels[0].Objectness?.Map == Levels[0].Boxes.Map;

    /// <summary>Whether the network's activation is x sigmoid(x).</summary>
    public bool Silu { get; init; }

    public bool Objectness => Levels[0].Objectness is not null;

    public int Classes => Levels[0].Classes.Columns;

    /// <summary>Whether the anchors of a cell share their classes.</summary>
    public bool SharedClasses => Levels[0].Classes.Step == 0 && Levels[0].Anchors > 1;

    /// <summary>A softmax with nothing but classes in it has one for "nothing here".</summary>
    public bool Background => ClassActivation == "Softmax" && !Objectness;

    public IEnumerable<int> Anchors => Levels.Select(level => level.Anchors);
}
