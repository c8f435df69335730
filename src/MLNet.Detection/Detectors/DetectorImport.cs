using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Detectors;

/// <summary>
/// From an exported ONNX file to a detector that can be trained: where to cut, which anchors, how many classes.
/// </summary>
public sealed record DetectorImport
{
    /// <summary>
    /// Name of the output (or inner value) that carries the class scores; an activation on it is stepped over.
    /// </summary>
    public required string ClassOutput { get; init; }

    /// <summary>Name of the output (or inner value) that carries the boxes, decoded or raw.</summary>
    public required string BoxOutput { get; init; }

    /// <summary>
    /// Names of the classes to detect, without background. Another number than the file's gives new class heads.
    /// </summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>
    /// The kind of head, with what it needs beyond class and box value. Null: SSD or RetinaNet, as
    /// <see cref="HasBackground"/> says.
    /// </summary>
    public DetectionHead? Head { get; init; }

    /// <summary>
    /// Whether the class head is a softmax with background in column 0 (SSD), or one sigmoid a class (RetinaNet). Null:
    /// as the activation behind the class value says.
    /// </summary>
    public bool? HasBackground { get; init; }

    /// <summary>The anchors in pixels of the network's input. Null: read out of the file's own box decoding.</summary>
    public IReadOnlyList<Box>? Anchors { get; init; }

    /// <summary>
    /// The code of the deltas. Null: read out of the file; with anchors given, the one customary for the kind of head.
    /// </summary>
    public BoxCoder? Coder { get; init; }

    /// <summary>Width and height of the network's input, pixels, where the file leaves them open.</summary>
    public (int Width, int Height)? ImageSize { get; init; }

    /// <summary>What the network expects of its pixels.</summary>
    public Normalization Normalization { get; init; } = Normalization.Centered;

    /// <summary>Stretch pictures to the network's size (the rule for SSD) or keep their aspect between bars.</summary>
    public ResizeMode ResizeMode { get; init; } = ResizeMode.Stretch;

    /// <summary>Seed of the weights of new class heads.</summary>
    public int Seed { get; init; }

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
        var model = OnnxModel.Load(path);
        var (_, width, height) = InputSize(model);
        return (this with { Anchors = anchors?.Invoke(width, height) ?? Anchors }).Apply(model);
    }

    /// <summary>Imports a model.</summary>
    public DetectorModel Apply(OnnxModel model)
    {
        CheckClasses();
        model = TiedWeights.Untie(model);
        var (name, width, height) = InputSize(model);
        var head = Head ?? (HasBackground ?? SoftmaxBehind(model, HeadCut.Find(model, ClassOutput))
            ? new SsdHead() : new RetinaNetHead());
        return head.Import(new(this, model, name, width, height));
    }

    // The first activation behind the value, over operators that only lay it out anew.
    private static bool SoftmaxBehind(OnnxModel model, string classValue)
    {
        var reached = new HashSet<string> { classValue };
        foreach (var node in model.Proto.Graph.Node.Where(n => n.Input.Count > 0 && reached.Contains(n.Input[0])))
        {
            if (node.OpType is "Softmax" or "LogSoftmax" or "Sigmoid")
                return node.OpType != "Sigmoid";
            if (node.OpType is "Reshape" or "Transpose" or "Identity" or "Squeeze" or "Unsqueeze" or "Flatten"
                or "Slice" or "Split")
                reached.UnionWith(node.Output);
        }
        throw new ModelException(
            $"{model.Path}: no activation follows the class value '{classValue}'; say whether it is a softmax with "
            + "background (HasBackground = true, loss multibox) or one sigmoid a class (false, loss retinanet).");
    }

    private (string Name, int Width, int Height) InputSize(OnnxModel model)
    {
        if (model.Inputs is not [{ } input])
            throw new ModelException($"{model.Path}: expected one input, the images; found {model.Inputs.Count}.");
        var dims = input.Type.TensorType.Shape?.Dim.Select(dim => dim.HasDimValue ? dim.DimValue : -1).ToArray() ?? [];
        if (dims.Length != 4 || dims[1] is not (3 or -1) || input.Type.TensorType.ElemType != (int)ElementType.Float32)
            throw new ModelException(
                $"{model.Path}: the input '{input.Name}' is {(ElementType)input.Type.TensorType.ElemType} "
                + $"[{string.Join(", ", dims)}], expected Float32 [batch, 3, height, width]; export it with a batch "
                + "axis.");
        var (width, height) = ImageSize ?? ((int)dims[3], (int)dims[2]);
        return width > 0 && height > 0 ? (input.Name, width, height)
            : throw new ModelException($"{model.Path}: the input '{input.Name}' leaves the image size open; give it.");
    }

    private void CheckClasses()
    {
        if (Classes.Count == 0)
            throw new ArgumentException(
                $"{nameof(Classes)} is empty; expected the names of the classes to detect, without background.");
        if (Classes.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException(
                $"{nameof(Classes)} has '{twice.Key}' {twice.Count()} times; expected different names.");
    }
}
