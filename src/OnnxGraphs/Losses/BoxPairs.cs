using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>Pairs of boxes [..., 4], a predicted and b wanted, and what IoU losses measure on them, each
/// [...].</summary>
internal sealed class BoxPairs
{
    private readonly Var[] _a, _b;

    public BoxPairs(Var prediction, Var target, BoxForm form) => (_a, _b) = (Corners(prediction, form),
        Corners(target, form));

    /// <summary>Area of the overlap; 0 where the boxes only touch.</summary>
    public Var Overlap => Relu(Min(_a[2], _b[2]) - Max(_a[0], _b[0])) * Relu(Min(_a[3], _b[3]) - Max(_a[1], _b[1]));

    /// <summary>Area of both together.</summary>
    public Var Union => Width(_a) * Height(_a) + Width(_b) * Height(_b) - Overlap;

    /// <summary>Area of the smallest box around both.</summary>
    public Var Hull => HullWidth * HullHeight;

    /// <summary>Squared diagonal of the smallest box around both.</summary>
    public Var HullDiagonal => Pow(HullWidth, 2) + Pow(HullHeight, 2);

    /// <summary>Squared distance of the centres.</summary>
    public Var Distance => Pow((_a[0] + _a[2] - _b[0] - _b[2]) * 0.5f,
        2) + Pow((_a[1] + _a[3] - _b[1] - _b[3]) * 0.5f, 2);

    /// <summary>4 / pi^2 (atan(w_b / h_b) - atan(w_a / h_a))^2.</summary>
    public Var AspectDifference => Pow(Angle(_b) - Angle(_a), 2) * (float)(4 / (Math.PI * Math.PI));

    private Var HullWidth => Max(_a[2], _b[2]) - Min(_a[0], _b[0]);

    private Var HullHeight => Max(_a[3], _b[3]) - Min(_a[1], _b[1]);

    private static Var Width(Var[] box) => box[2] - box[0];

    private static Var Height(Var[] box) => box[3] - box[1];

    private static Var Angle(Var[] box) => Atan(Width(box) / Max(Height(box), box[0].Like(1e-7)));

    private static Var[] Corners(Var boxes, BoxForm form)
    {
        Var[] parts = [.. Split(boxes, -1, 1, 1, 1, 1).Select(part => Squeeze(part, -1))];
        return form == BoxForm.Corners ? parts :
            [parts[0] - parts[2] * 0.5f, parts[1] - parts[3] * 0.5f, parts[0] + parts[2] * 0.5f,
                parts[1] + parts[3] * 0.5f];
    }
}
