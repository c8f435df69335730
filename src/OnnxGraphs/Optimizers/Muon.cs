using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Optimizers;

/// <summary>
/// Muon: the momentum of a matrix, made nearly orthogonal by iterations of Newton and Schulz; vectors (biases, scales of
/// normalisations) take AdamW's step. m = b m + (1 - b) g; u = b m + (1 - b) g (Nesterov) or m; p -= lr decay p;
/// p -= 0.2 sqrt(max(r, c)) lr orthogonal(u), for r rows and c columns, which gives steps of AdamW's size, so that one
/// learning rate serves both. A filter of a convolution is a matrix with a row for each output channel. Jordan et al.
/// 2024, https://kellerjordan.github.io/posts/muon/; Liu et al. 2025, https://arxiv.org/abs/2502.16982; as
/// torch.optim.Muon with <c>adjust_lr_fn="match_rms_adamw"</c>, in float32.
/// </summary>
/// <param name="Momentum">b.</param>
/// <param name="Nesterov">Whether the step looks ahead.</param>
/// <param name="Iterations">Of Newton and Schulz.</param>
public sealed record Muon(float Momentum = 0.95f, bool Nesterov = true, int Iterations = 5) : Optimizer
{
    private const float A = 3.4445f, B = -4.7750f, C = 2.0315f, Tiny = 1e-7f, MatchRms = 0.2f;

    /// <summary>What moves vectors; its weight decay is not used, Muon's own holds for them too.</summary>
    public AdamW Vectors { get; init; } = new(0.9f, 0.95f);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots => ["momentum", "second_moment"];

    /// <inheritdoc/>
    internal override bool LooksAtShapes => true;

    /// <summary>A vector that nobody divides into weights: AdamW's step.</summary>
    protected override OptimizerUpdate Formula(Var p, Var g, IReadOnlyList<Var> slots, Var lr, Var step) =>
        (Vectors with { WeightDecay = WeightDecay, ClipNorm = null }).Update(p, g, slots, lr, step);

    private protected override OptimizerUpdate Formula(
        IReadOnlyList<TensorShape> shapes, Var p, Var g, IReadOnlyList<Var> slots, Var lr, Var step)
    {
        long[] sizes = [.. shapes.Select(shape => shape.Size)];
        Var[][] pieces = [.. new[] { p, g, slots[0], slots[1] }.Select(vector => Split(vector, 0, sizes).ToArray())];
        var updated = new OptimizerUpdate[shapes.Count];
        foreach (var (i, shape) in shapes.Index())
            updated[i] = shape.Rank < 2
                ? Formula(pieces[0][i], pieces[1][i], [pieces[2][i], pieces[3][i]], lr, step)
                : OfMatrix(shape, pieces[0][i], pieces[1][i], pieces[2][i], pieces[3][i], lr);
        return new(Concat([.. updated.Select(update => update.Parameters)], 0),
            [.. Slots.Index().Select(slot => Concat([.. updated.Select(update => update.Slots[slot.Index])], 0))]);
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        base.Check();
        Require(Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "at least 0 and below 1");
        Require(Iterations > 0, nameof(Iterations), Iterations, "at least 1");
    }

    private OptimizerUpdate OfMatrix(TensorShape shape, Var p, Var g, Var momentum, Var unused, Var lr)
    {
        var (rows, columns) = (shape[0], shape.SizeOf(1..));
        var m = Momentum * momentum + (1f - Momentum) * g;
        var u = Nesterov ? Momentum * m + (1f - Momentum) * g : m;
        var direction = Reshape(Orthogonal(Reshape(u, rows, columns)), shape.Size);
        var decayed = WeightDecay == 0 ? p : p * (1f - WeightDecay * lr);
        return new(decayed - MatchRms * MathF.Sqrt(Math.Max(rows, columns)) * lr * direction, [m, unused]);
    }

    // x <- a x + (b (x x') + c (x x')^2) x from x / |x| on; x has no more rows than columns, so that x x' is small.
    private Var Orthogonal(Var matrix)
    {
        var tall = matrix.Shape[0] > matrix.Shape[1];
        var x = tall ? Transposed(matrix) : matrix;
        x /= Sqrt(ReduceSum(x * x)) + Tiny;
        for (var i = 0; i < Iterations; i++)
        {
            var gram = MatMul(x, Transposed(x));
            x = A * x + MatMul(B * gram + C * MatMul(gram, gram), x);
        }
        return tall ? Transposed(x) : x;
    }
}
