using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>
/// Brings a model of opset 7 to 23 to the working opset. Each entry says up to which opset a node needs a change; what
/// is not listed means the same in all of them. Source: the changelog of the ONNX operators.
/// </summary>
public static class OpsetUpgrade
{
    private static readonly (string Op, int Below, Action<NodeProto, Context> Change)[] Changes =
    [
        ("Slice", 10, (n, c) => c.ToInputs(n, ("starts", 1), ("ends", 2), ("axes", 3))),
        ("Clip", 11, (n, c) => c.FloatsToInputs(n, ("min", 1), ("max", 2))),
        ("Pad", 11, PadInputs),
        ("Squeeze", 13, (n, c) => c.ToInputs(n, ("axes", 1))),
        ("Unsqueeze", 13, (n, c) => c.ToInputs(n, ("axes", 1))),
        ("ReduceSum", 13, (n, c) => c.ToInputs(n, ("axes", 1))),
        ("ReduceMean", 18, (n, c) => c.ToInputs(n, ("axes", 1))),
        ("ReduceMax", 18, (n, c) => c.ToInputs(n, ("axes", 1))),
        ("ReduceMin", 18, (n, c) => c.ToInputs(n, ("axes", 1))),
        ("ReduceProd", 18, (n, c) => c.ToInputs(n, ("axes", 1))),
        ("ReduceL1", 18, (n, c) => c.ToInputs(n, ("axes", 1))),
        ("ReduceL2", 18, (n, c) => c.ToInputs(n, ("axes", 1))),
        ("ReduceSumSquare", 18, (n, c) => c.ToInputs(n, ("axes", 1))),
        ("ReduceLogSum", 18, (n, c) => c.ToInputs(n, ("axes", 1))),
        ("ReduceLogSumExp", 18, (n, c) => c.ToInputs(n, ("axes", 1))),
        ("Split", 13, (n, c) => c.ToInputs(n, ("split", 1))),
        ("Split", 18, SplitOutputs),
        ("Dropout", 12, (n, c) => c.FloatsToInputs(n, ("ratio", 1))),
        ("TopK", 10, (n, c) => c.ToInputs(n, ("k", 1))),
        ("Softmax", 13, CoercedSoftmax),
        ("LogSoftmax", 13, CoercedSoftmax),
        ("Hardmax", 13, CoercedSoftmax),
        ("GroupNormalization", 21, (n, _) => n.Attribute.Add(AttributeValues.Write(ScaledByGroup, 1L))),
        ("Upsample", 9, (n, c) => c.FloatsToInputs(n, ("scales", 1))),
        ("Upsample", 10, UpsampleToResize),
        ("Resize", 11, UpsampleToResize),
        ("Scatter", 11, (n, _) => n.OpType = "ScatterElements"),
        ("BatchNormalization", 9, SpatialOnly),
        ("GridSample", 20, GridSampleModes),
        ("RoiAlign", 16, (n, _) => SetIfMissing(n, "coordinate_transformation_mode", "output_half_pixel")),
    ];

    /// <summary>A copy in the working opset, in 32-bit floats and without functions.</summary>
    public static OnnxModel ToWorkingForm(OnnxModel model)
    {
        var copy = model.Clone();
        Functions.Inline(copy);
        HalfPrecision.Widen(copy.Proto.Graph);
        Upgrade(copy.Proto.Graph, model.Opset, new(copy.Proto.Graph));
        copy.Proto.OpsetImport.First(set => set.Domain is "" or "ai.onnx").Version = OnnxModel.WorkingOpset;
        copy.Proto.IrVersion = OnnxModel.WorkingIrVersion;
        return copy;
    }

    private static void Upgrade(GraphProto graph, int opset, Context context)
    {
        foreach (var node in graph.Node.Where(node => node.Domain is "" or "ai.onnx"))
        {
            var original = node.OpType;
            foreach (var (op, below, change) in Changes)
                if (original == op && opset < below)
                    change(node, context);
            foreach (var attribute in node.Attribute.Where(attribute => attribute.G is not null))
                Upgrade(attribute.G, opset, context);
        }
        context.Flush();
    }

    private static void PadInputs(NodeProto node, Context context)
    {
        var value = Take(node, "value")?.F ?? 0f;
        context.ToInputs(node, ("pads", 1));
        context.SetInput(node, 2, Tensor.Scalar(ElementType.Float32, value));
    }

    private static void SplitOutputs(NodeProto node, Context context)
    {
        if (node.Input.Count < 2 && Find(node, "num_outputs") is null)
            node.Attribute.Add(AttributeValues.Write("num_outputs", (long)node.Output.Count));
    }

    // Before opset 13 all axes from `axis` (1 if not given) on were one: the reader, which knows shapes, does the rest.
    private static void CoercedSoftmax(NodeProto node, Context context)
    {
        if (Find(node, "axis") is null)
            node.Attribute.Add(AttributeValues.Write("axis", 1L));
        node.Attribute.Add(AttributeValues.Write(CoercedAxes, 1L));
    }

    /// <summary>Marks a Softmax whose axis means "this and all later axes together".</summary>
    public const string CoercedAxes = "coerced";

    /// <summary>Marks a GroupNormalization with a scale for each group, not for each channel.</summary>
    public const string ScaledByGroup = "scaled_by_group";

    // Upsample and the first Resize scaled coordinates by plain division. Nearest took the pixel below when it enlarged
    // and the one above when it shrank; where it enlarges one axis and shrinks another, today's operator cannot say
    // that.
    private static void UpsampleToResize(NodeProto node, Context context)
    {
        var linear = Take(node, "mode")?.S.ToStringUtf8() is "linear" or "bilinear";
        node.OpType = "Resize";
        while (node.Input.Count < 2)
            node.Input.Add("");
        node.Input.Insert(1, "");
        node.Attribute.Add(AttributeValues.Write("mode", linear ? "linear" : "nearest"));
        node.Attribute.Add(AttributeValues.Write("coordinate_transformation_mode", "asymmetric"));
        if (!linear)
            node.Attribute.Add(AttributeValues.Write("nearest_mode", Shrinks(node, context) ? "ceil" : "floor"));
    }

    private static bool Shrinks(NodeProto node, Context context)
    {
        var scales = context.Constant(node.Input[2])?.Values<float>().ToArray() ?? [];
        return scales.Any(scale => scale < 1) && (scales.All(scale => scale <= 1) ? true : throw new ModelException(
            $"Resize '{node.Name}' by [{string.Join(", ", scales)}] enlarges and shrinks at once, rounding "
                + "differently; export the model with opset 11 or later."));
    }

    private static void SpatialOnly(NodeProto node, Context context)
    {
        if (Take(node, "spatial") is { I: 0 })
            throw new ModelException($"BatchNormalization '{node.Name}' keeps statistics for every pixel "
                + "(spatial = 0), which opset 9 and later cannot say; export the model with opset 9 or later.");
    }

    private static void GridSampleModes(NodeProto node, Context context)
    {
        if (Take(node, "mode")?.S.ToStringUtf8() is { } mode)
            node.Attribute.Add(AttributeValues.Write("mode",
                mode switch { "bilinear" => "linear", "bicubic" => "cubic", _ => mode }));
    }

    private static void SetIfMissing(NodeProto node, string name, string value)
    {
        if (Find(node, name) is null)
            node.Attribute.Add(AttributeValues.Write(name, value));
    }

    private static AttributeProto? Find(NodeProto node, string name) =>
        node.Attribute.FirstOrDefault(a => a.Name == name);

    private static AttributeProto? Take(NodeProto node, string name)
    {
        var attribute = Find(node, name);
        if (attribute is not null)
            node.Attribute.Remove(attribute);
        return attribute;
    }

    /// <summary>Adds the constants that take the place of attributes, under fresh names.</summary>
    private sealed class Context(GraphProto graph)
    {
        private readonly List<TensorProto> _constants = [];
        private int _next;

        public void ToInputs(NodeProto node, params (string Attribute, int Input)[] moves)
        {
            foreach (var (name, input) in moves)
                if (Take(node, name) is { } attribute)
                    SetInput(node, input, attribute.Ints.Count > 0 || !attribute.HasI
                        ? Tensor.Vector<long>(attribute.Ints.ToArray()) : Tensor.Vector(attribute.I));
        }

        public void FloatsToInputs(NodeProto node, params (string Attribute, int Input)[] moves)
        {
            foreach (var (name, input) in moves)
                if (Take(node, name) is { } attribute)
                    SetInput(node, input, attribute.Floats.Count > 0
                        ? Tensor.Vector<float>(attribute.Floats.ToArray())
                            : Tensor.Scalar(ElementType.Float32, attribute.F));
        }

        public void SetInput(NodeProto node, int place, Tensor value)
        {
            while (node.Input.Count <= place)
                node.Input.Add("");
            node.Input[place] = $"upgraded/{node.OpType}_{_next++}";
            _constants.Add(value.ToProto(node.Input[place]));
        }

        /// <summary>A stored value; null where it is computed.</summary>
        public Tensor? Constant(string name) =>
            graph.Initializer.Concat(_constants).FirstOrDefault(tensor => tensor.Name == name)?.ToTensor()
            ?? graph.Node.FirstOrDefault(node => node.OpType == "Constant" && node.Output[0] == name)?.Attribute
                .FirstOrDefault(attribute => attribute.Name == "value")?.T.ToTensor();

        public void Flush()
        {
            graph.Initializer.Add(_constants);
            _constants.Clear();
        }
    }
}
