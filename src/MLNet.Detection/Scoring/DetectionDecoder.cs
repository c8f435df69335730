using MLNet.Detection.Boxes;

namespace MLNet.Detection.Scoring;

/// <summary>
/// From the raw outputs of a detector to objects: probabilities, score threshold, best candidates, boxes from deltas,
/// clipping, non-maximum suppression within each class, best detections. torchvision's RetinaNet, SSD and Fast R-CNN
/// heads post-process like this. Immutable; may be used by many threads at once.
/// </summary>
public sealed record DetectionDecoder
{
    /// <summary>As torchvision's RetinaNet.</summary>
    public static DetectionDecoder RetinaNet { get; } = new()
    {
        Coder = BoxCoder.RetinaNet, Activation = ClassActivation.Sigmoid, BackgroundClass = null,
        ScoreThreshold = 0.05f, IouThreshold = 0.5f, MaxCandidates = 1000, CandidateGroup = CandidateGroup.Level,
        MaxDetections = 300,
    };

    /// <summary>As torchvision's SSD.</summary>
    public static DetectionDecoder Ssd { get; } = new();

    /// <summary>As torchvision's Fast R-CNN head. Its deltas are [N,C,4].</summary>
    public static DetectionDecoder FastRcnn { get; } = new()
    {
        ScoreThreshold = 0.05f, IouThreshold = 0.5f, MaxCandidates = int.MaxValue, MaxDetections = 100, MinSize = 0.01f,
    };

    /// <summary>As torchvision's FCOS. The head gives probabilities and boxes itself.</summary>
    public static DetectionDecoder Fcos { get; } = new()
    {
        Activation = ClassActivation.None, BackgroundClass = null, ScoreThreshold = 0.2f, IouThreshold = 0.6f,
        MaxCandidates = 1000, CandidateGroup = CandidateGroup.Level, MaxDetections = 100,
    };

    /// <summary>As YOLO's and YOLOX's evaluation. The head gives probabilities and boxes itself.</summary>
    public static DetectionDecoder Yolo { get; } = Fcos with
    {
        ScoreThreshold = 0.01f, IouThreshold = 0.65f, MaxDetections = 300,
    };

    /// <summary>As DETR: one object a query, none suppressed. The head gives probabilities and boxes itself.</summary>
    public static DetectionDecoder Detr { get; } = Fcos with { ScoreThreshold = 0f, IouThreshold = 1f };

    /// <summary>How deltas were encoded.</summary>
    public BoxCoder Coder { get; init; } = BoxCoder.Ssd;

    /// <summary>What turns class outputs into probabilities.</summary>
    public ClassActivation Activation { get; init; } = ClassActivation.Softmax;

    /// <summary>The column that stands for "nothing here"; null if there is none.</summary>
    public int? BackgroundClass { get; init; } = 0;

    /// <summary>Candidates have a greater score than this.</summary>
    public float ScoreThreshold { get; init; } = 0.01f;

    /// <summary>Highest IoU of two detections of a class.</summary>
    public float IouThreshold { get; init; } = 0.45f;

    /// <summary>How many candidates of a group go into suppression, the best ones.</summary>
    public int MaxCandidates { get; init; } = 400;

    /// <summary>What <see cref="MaxCandidates"/> counts.</summary>
    public CandidateGroup CandidateGroup { get; init; } = CandidateGroup.Class;

    /// <summary>Detections of a picture.</summary>
    public int MaxDetections { get; init; } = 200;

    /// <summary>Whether boxes are clipped to the picture before suppression.</summary>
    public bool Clip { get; init; } = true;

    /// <summary>Boxes with a smaller side are dropped before suppression; 0 drops none but NaN.</summary>
    public float MinSize { get; init; }

    /// <summary>Decodes one picture.</summary>
    /// <param name="classOutputs">[N,C], row by row.</param>
    /// <param name="deltas">[N], or [N,C] when each class has a box of its own.</param>
    /// <param name="anchors">N anchors.</param>
    /// <param name="imageWidth">Width to clip to, in the unit of the anchors.</param>
    /// <param name="imageHeight">Height to clip to.</param>
    /// <param name="anchorsPerLevel">N split by feature level, in order; empty: one level.</param>
    /// <returns>Detections by falling score.</returns>
    /// <exception cref="ArgumentException">The lengths do not belong together.</exception>
    public DetectedObject[] Decode(
        ReadOnlySpan<float> classOutputs, ReadOnlySpan<BoxDelta> deltas, ReadOnlySpan<Box> anchors,
        float imageWidth, float imageHeight, ReadOnlySpan<int> anchorsPerLevel = default)
    {
        var candidates = Candidates(classOutputs, anchors.Length, anchorsPerLevel, out var classes);
        var perClass = PerClass(deltas.Length, anchors.Length, classes, "deltas");
        var boxes = new Box[candidates.Count];
        for (var i = 0; i < boxes.Length; i++)
        {
            var (row, label, _) = candidates[i];
            boxes[i] = Coder.Decode(deltas[perClass ? row * classes + label : row], anchors[row]);
        }
        return Suppress(candidates, boxes, imageWidth, imageHeight);
    }

    /// <summary>Selects detections of one picture where the model decodes its boxes itself.</summary>
    /// <param name="classOutputs">[N,C], row by row.</param>
    /// <param name="boxes">[N], or [N,C] when each class has a box of its own.</param>
    /// <param name="imageWidth">Width to clip to, in the unit of the boxes.</param>
    /// <param name="imageHeight">Height to clip to.</param>
    /// <param name="rows">N.</param>
    /// <param name="anchorsPerLevel">N split by feature level, in order; empty: one level.</param>
    /// <returns>Detections by falling score.</returns>
    /// <exception cref="ArgumentException">The lengths do not belong together.</exception>
    public DetectedObject[] Select(
        ReadOnlySpan<float> classOutputs, ReadOnlySpan<Box> boxes, int rows, float imageWidth, float imageHeight,
        ReadOnlySpan<int> anchorsPerLevel = default)
    {
        var candidates = Candidates(classOutputs, rows, anchorsPerLevel, out var classes);
        var perClass = PerClass(boxes.Length, rows, classes, "boxes");
        var chosen = new Box[candidates.Count];
        for (var i = 0; i < chosen.Length; i++)
            chosen[i] = boxes[perClass ? candidates[i].Row * classes + candidates[i].Class : candidates[i].Row];
        return Suppress(candidates, chosen, imageWidth, imageHeight);
    }

    private static bool PerClass(int boxes, int rows, int classes, string what) => boxes == rows
        ? false
        : boxes == rows * classes
            ? true
            : throw new ArgumentException($"{boxes} {what} were given for {rows} anchors and {classes} classes.");

    private List<Candidate> Candidates(
        ReadOnlySpan<float> outputs, int rows, ReadOnlySpan<int> anchorsPerLevel, out int classes)
    {
        classes = rows == 0 ? 1 : outputs.Length / rows;
        var counted = 0;
        foreach (var count in anchorsPerLevel)
            counted += count;
        if (outputs.Length != rows * classes || classes == 0)
            throw new ArgumentException($"{outputs.Length} class outputs cannot be shared by {rows} anchors evenly.");
        if (!anchorsPerLevel.IsEmpty && counted != rows)
            throw new ArgumentException($"The levels count {counted} anchors, but there are {rows}.");
        var scores = ClassScores.Probabilities(outputs, classes, Activation, ScoreThreshold, BackgroundClass);
        var search = new CandidateSearch(scores, classes, this);
        return CandidateGroup == CandidateGroup.Class
            ? search.ByClass()
            : search.ByLevel(anchorsPerLevel.IsEmpty ? [rows] : anchorsPerLevel);
    }

    private DetectedObject[] Suppress(List<Candidate> candidates, Box[] boxes, float width, float height)
    {
        var found = new List<DetectedObject>(boxes.Length);
        foreach (var (i, box) in boxes.Index())
        {
            var clipped = Clip ? box.Clip(width, height) : box;
            if (clipped.Width >= MinSize && clipped.Height >= MinSize)
                found.Add(new(clipped, candidates[i].Class, candidates[i].Score));
        }
        return NonMaxSuppression.Keep(found, IouThreshold, MaxDetections);
    }
}
