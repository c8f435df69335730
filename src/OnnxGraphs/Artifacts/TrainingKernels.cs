using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Artifacts;

/// <summary>
/// Gradient rules made of ONNX Runtime's training operators. They know no broadcast forms: the gradient of the output
/// is given in its full shape.
/// </summary>
internal static class TrainingKernels
{
    /// <summary>Domain of the operators.</summary>
    public const string Domain = "com.microsoft";

    /// <summary>
    /// The one training operator of the default domain; its output's shape must be written to the file.
    /// </summary>
    public const string MaxPoolGrad = "MaxPoolGrad";

    /// <summary>The rules for a choice of kernels, to be tried before the usual ones.</summary>
    public static OperatorTable Rules(GradientKernels kernels) => kernels == GradientKernels.Standard ? [] : new()
    {
        ["Conv"]       = Rule("Conv", ConvGradient),
        ["Relu"]       = Rule("Relu", (dy, x, y) => [OfOutput("ReluGrad", dy, x, y)]),
        ["Sigmoid"]    = Rule("Sigmoid", (dy, x, y) => [OfOutput("SigmoidGrad", dy, x, y)]),
        ["Tanh"]       = Rule("Tanh", (dy, x, y) => [OfOutput("TanhGrad", dy, x, y)]),
        ["LeakyRelu"]  = Rule("LeakyRelu", (dy, x, y) => [OfOutput("LeakyReluGrad", dy, x, y)]),
        ["Softmax"]    = Rule("Softmax", (dy, x, y) => [OfAxis("SoftmaxGrad_13", dy, x, y)]),
        ["LogSoftmax"] = Rule("LogSoftmax", (dy, x, y) => [OfAxis("LogSoftmaxGrad_13", dy, x, y)]),
        ["MaxPool"]    = Rule("MaxPool", MaxPoolGradient),
    };

    /// <summary>Appends a node of the runtime's domain.</summary>
    public static IReadOnlyList<Var> Apply(string op, IReadOnlyList<Var> inputs, Attributes attributes,
        IReadOnlyList<TypedShape> outputs, IReadOnlyList<string>? names = null) => inputs[0].Graph.Append(
            Domain + Node.DomainMark + op, inputs, attributes, "", names, outputs.Count, _ => outputs).Outputs;

    private static Operator Rule(string op, GradientRule rule) => new(Op.Table[op].Infer, rule);

    // Activations are differentiated by means of their own output.
    private static Var OfOutput(string op, Var dy, Node x, Var y) =>
        Apply(op, [dy, y], x.Attributes, [new(y.Type, y.Shape)])[0];

    // The axis has no default there.
    private static Var OfAxis(string op, Var dy, Node x, Var y) =>
        Apply(op, [dy, y], x.Attributes.With("axis", x.Attributes.Int("axis", -1)), [new(y.Type, y.Shape)])[0];

    private static Var?[] ConvGradient(Var dy, Node x, Var y)
    {
        var wanted = x.Inputs.OfType<Var>().Select(input => new TypedShape(input.Type, input.Shape)).ToList();
        return [.. Apply("ConvGrad", [dy, x[0], x[1]], x.Attributes, wanted)];
    }

    private static Var?[] MaxPoolGradient(Var dy, Node x, Var y)
    {
        var indices = Op.Apply("MaxPool", x.Inputs, x.Attributes, 2)[1];
        var input = new TypedShape(x[0].Type, x[0].Shape);
        return [.. dy.Graph.Append(MaxPoolGrad, [dy, indices], x.Attributes, "", null, 1, _ => [input]).Outputs];
    }
}
