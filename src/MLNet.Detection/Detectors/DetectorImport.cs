using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Inspection;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Detectors;

/// <summary>
/// From an exported ONNX file to a detector that can be trained: where to cut, which anchors, how many classes.
/// </summary>
public sealed record DetectorImport : HeadRequest
{
    /// <summary>
    /// The kind of head, with what it needs beyond class and box value. Null: where one output has boxes and classes
    /// together, YOLOX or YOLO by the convolutions behind it; else SSD or RetinaNet, as <see cref="HasBackground"/>
    /// says.
    /// </summary>
    public DetectionHead? Head { get; init; }

    /// <summary>
    /// Whether the class head is a softmax with background in column 0 (SSD), or one sigmoid a class (RetinaNet). Null:
    /// as the activation behind the class value says.
    /// </summary>
    public bool? HasBackground { get; init; }

    /// <summary>Imports a file.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="anchors">Gives the anchors once the width and height of the input are known, in the place of
    /// <see cref="Anchors"/>; may return null.</param>
    /// <exception cref="ModelException">
    /// The file cannot be read or does not fit; the message says what to change.
    /// </exception>
    /// <exception cref="ArgumentException">There are no classes, or two of one name.</exception>
    public DetectorModel Load(string path, Func<int, int, IReadOnlyList<Box>?>? anchors = null)
    {
        var file = OnnxModel.Load(path);
        try
        {
            var model = FileForm.Open(file, ImageSize);
            var input = ImageInput.Read(model, ImageSize);
            return (this with { Anchors = anchors?.Invoke(input.Width, input.Height) ?? Anchors }).Apply(model);
        }
        catch (ModelException error) when (FileForm.SizeProblem(file, ImageSize) is { } problem)
        {
            throw new ModelException(problem, error);
        }
    }

    /// <summary>Imports a model.</summary>
    public DetectorModel Apply(OnnxModel model)
    {
        CheckClasses();
        model = TiedWeights.Untie(FileForm.Open(model, ImageSize));
        var input = ImageInput.Read(model, ImageSize);
        CheckSize(model, input);
        if (TwoStage(model, input) is { } stages)
            return stages;
        StoredResult.Refuse(model);
        if (Joined(model, input) is { } joined)
            return joined;
        if (Set(model, input) is { } set)
            return set;
        var raw = new RawPair(model, input);
        if (Dense(model, input, raw) is { } dense)
            return dense;
        var named = ClassOutput is not null || BoxOutput is not null;
        var found = !named ? raw.Values : ClassOutput is null || BoxOutput is null ? Pair(model, input) : null;
        var (classes, boxes) = (ClassOutput ?? found!.Classes.Value, BoxOutput ?? found!.Boxes.Value);
        var head = Head ?? (HasBackground ?? IsSoftmax(model, found?.Classes ?? Point(model, classes, input))
            ? new SsdHead() : new RetinaNetHead());
        return Imported(head, new(this, model, input, classes, boxes) { Tail = named ? null : raw.FoundAnchors });
    }

    // A detector that looks at regions of its maps, unless its values are named.
    private DetectorModel? TwoStage(OnnxModel model, ImageInput input)
    {
        if (ClassOutput is not null || BoxOutput is not null || Head is not null
            || TwoStageFinder.Find(model, input) is not { } found)
            return null;
        var request = this with { Anchors = found.Anchors, Coder = found.Coder };
        // A picture without regions is no reason to stop, in training, here or where the tuned file goes.
        model = EmptyRegions.Allow(model, found.Head.RegionValue, new Dictionary<string, Tensor> { [input.Name] = input.Probe });
        var detector = Imported(found.Head,
            new(request, RegionLimits.WithoutScore(model), input, found.ClassLogits, found.BoxDeltas));
        detector = detector with { Model = RegionLimits.WithScoreOf(detector.Model, model) };
        DemandTail(detector, found, input);
        return detector;
    }

    // With other classes the file must still say of a region what it is told of it. Masks of each class, say, do not
    // follow: of fewer classes those of the first ones stay.
    private void DemandTail(DetectorModel detector, TwoStageFinding before, ImageInput input)
    {
        if (Classes.Count + 1 == before.Head.ClassColumns)
            return;
        var (after, why) = ((TwoStageFinding?)null, "");
        try
        {
            after = TwoStageFinder.Find(detector.Model, input);
        }
        catch (ModelException error)
        {
            why = $" ({error.Message})";
        }
        if (after is null || after.Head.FileOutputs != before.Head.FileOutputs
            || after.Head.ClassColumns != Classes.Count + 1 || after.Head.BackgroundLast != before.Head.BackgroundLast)
            throw new ModelException($"{detector.Model.Path}: what lies behind '{before.ClassLogits}' and "
                + $"'{before.BoxDeltas}'{string.Concat(before.Others.Select(name => $", '{name}'"))} does not work with "
                + $"{Classes.Count} classes in the place of {before.Head.ClassColumns - 1}; export the model with as many "
                + $"classes as you need, or without such branches.{why}");
    }

    // Queries of a set prediction, whose values no one has named.
    private DetectorModel? Set(OnnxModel model, ImageInput input) => ClassOutput is null && BoxOutput is null
        && Anchors is null && AnchorScheme is null && HasBackground is null && Head is null or DetrHead { Sigmoid: false }
        && DetrFinder.Find(model, input) is { } found
            ? Imported((Head as DetrHead ?? new()) with { Sigmoid = true },
                new(this, model, input, found.ClassValue, found.BoxValue)) : null;

    // A described head; without any word on the head one that is found.
    private DetectorModel? Dense(OnnxModel model, ImageInput input, RawPair raw)
    {
        var (head, scheme) = (Head as DenseHead, AnchorScheme);
        if (head is null && Head is null && HasBackground is null && ClassOutput is null && BoxOutput is null
            && Anchors is null && AnchorScheme is null && FindDense(model, input, raw) is { } found)
            (head, scheme) = (found.Head, found.Scheme);
        if (head is null)
            DemandAllLevels(model, input);
        return head is null ? null
            : Imported(head, new(this with { AnchorScheme = scheme }, model, input, "", ""));
    }

    // Files with an output for each level: one name trains one level, and the others stay what they were.
    private void DemandAllLevels(OnnxModel model, ImageInput input)
    {
        foreach (var name in new[] { ClassOutput, BoxOutput }.OfType<string>().Where(model.OutputNames.Contains))
        {
            var pieces = HeadPieces.Of(model, input.Shapes);
            if (pieces.Count(piece => piece.Names.Contains(name)) != 1)
                continue;
            var own = pieces.First(piece => piece.Names.Contains(name));
            var levels = pieces.Where(piece => piece.Columns == own.Columns && piece.Activation == own.Activation
                && piece.Names.Count == own.Names.Count).Select(piece => (piece.Width, piece.Height)).Distinct().Count();
            if (levels > 1 && pieces.Count > 2)
                throw new ModelException($"{model.Path}: '{name}' belongs to one feature level of {levels}; leave the "
                    + "names of outputs out, so that all levels are found, or describe the head (--head-file).");
        }
    }

    /// <summary>The dense head that an import of the file takes where nothing is said of the head; null where boxes and
    /// classes are joined, or the file decodes its boxes with anchors that it holds.</summary>
    internal static DenseFinding? FindDense(OnnxModel model, ImageInput input) => FindDense(model, input, new(model, input));

    private static DenseFinding? FindDense(OnnxModel model, ImageInput input, RawPair raw)
    {
        var request = new DetectorImport { Classes = ["object"] };
        if (JoinedHead.Output(request, model.OutputNames) is { } output
            && JoinedHead.Find(new(request, model, input, output, output)) is not null)
            return null;
        var pair = Tried(() => raw.Values);
        if (pair is not null && Tried(() => raw.Anchors) is not null)
            return null;
        // Rows of classes and boxes have heads of their own, unless the file proves what they mean.
        return DenseFinder.Find(model, input) is { } found && (found.Sure || pair is null) ? found : null;
    }

    private static T? Tried<T>(Func<T> find) where T : class
    {
        try
        {
            return find();
        }
        catch (ModelException)
        {
            return null;
        }
    }

    // Null where classes and boxes have values of their own.
    private DetectorModel? Joined(OnnxModel model, ImageInput input)
    {
        if (Head is null ? HasBackground is not null : !Head.ReadsJoinedOutput)
            return null;
        var output = JoinedHead.Output(this, model.OutputNames)
            ?? (Head is null ? null : ClassOutput ?? string.Join(',', model.OutputNames));
        if (output is null)
            return null;
        var import = new HeadImport(this, model, input, output, BoxOutput ?? output.Split(',')[0]);
        return (Head ?? JoinedHead.Find(import)) is { } head ? Imported(head, import) : null;
    }

    private DetectorModel Imported(DetectionHead head, HeadImport import)
    {
        var detector = Detector(head.Import(import), import.Input);
        return detector with
        {
            Warnings = [.. import.Warnings.Distinct()],
            ImportedRate = CustomaryRate.Of(import.Model, detector.Head.Kind == HeadKind.Detr).Rate,
        };
    }

    private DetectorModel Detector(FoundHead found, ImageInput input)
    {
        // A file that finds objects by itself prepares its pictures itself, in training too.
        var front = found.Head.Outputs is not null ? new ImageFront(input, input.Name, [1, 1, 1], [0, 0, 0], false)
            : ImageFront.Read(found.Model, input, [found.ClassValue, found.BoxValue]);
        var pixels = PixelsOf(found.Model, front, found.Pixels);
        var detector = new DetectorModel
        {
            Model = found.Model, ClassValue = found.ClassValue, BoxValue = found.BoxValue, Classes = Classes,
            Anchors = found.Anchors, Resize = new(input.Width, input.Height, ResizeMode),
            ImageValue = front.Value == input.Name ? null : front.Value,
            Normalization = front.Behind(pixels), InputNormalization = front.Normalizes ? pixels : null,
            Decoder = found.Decoder, Head = found.Head,
        };
        MeaningCheck.Demand(detector);
        return detector;
    }

    private HeadPair Pair(OnnxModel model, ImageInput input) => HeadCut.Auto(model, input.Shapes,
        ClassOutput is null ? null : HeadCut.Find(model, ClassOutput),
        BoxOutput is null ? null : HeadCut.Find(model, BoxOutput));

    private static CutPoint Point(OnnxModel model, string output, ImageInput input) =>
        CutPoint.At(model, HeadCut.Find(model, output), input.Shapes);

    private static bool IsSoftmax(OnnxModel model, CutPoint classes) =>
        classes.Activation is { } activation ? activation != "Sigmoid" : throw new ModelException(
            $"{model.Path}: no activation follows the class value '{classes.Value}'; say whether it is a softmax with "
            + "background (HasBackground = true, loss multibox) or one sigmoid a class (false, loss retinanet).");
}
