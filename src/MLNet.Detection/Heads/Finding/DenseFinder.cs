using MLNet.Detection.Images;
using OnnxGraphs.Models;
using OnnxGraphs.Quantization;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>
/// Finds a dense head by its structure: pieces of maps make levels, levels show signs, the file's own decoding or else
/// the family says what the numbers mean.
/// </summary>
public static class DenseFinder
{
    /// <summary>The head in a file; null where there is none of this kind.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">Its image input.</param>
    /// <exception cref="ModelException">The model cannot be run.</exception>
    public static DenseFinding? Find(OnnxModel model, ImageInput input)
    {
        model = ActivationRounding.Without(model);
        var pieces = HeadPieces.Of(model, input.Shapes);
        if (pieces.Any(piece => piece.Decoded) && TailProbe.Find(model, input, pieces) is { } probed)
            return probed;
        if (Signs(pieces, input) is not { } found)
            return null;
        var signs = found with { Silu = HasSilu(model) };
        var family = HeadFamily.All.FirstOrDefault(family => family.Fits(signs));
        family ??= signs.BoxColumns > 4 && !signs.KeypointsWithBoxes
            ? HeadFamily.Distributions(signs.BoxColumns / 4) : null;
        if (family is null)
            return null;
        var head = Head(signs, family.Code, family.Score, family.PointOffset) with
        {
            Family = family.Name, Pixels = family.Pixels, Peaks = family.Peaks,
        };
        return new(head, family.Scheme, family.Sure,
            [$"{family.Signs}: as {family.Name} has", .. Kept(signs)]);
    }

    /// <summary>A head of these levels with a meaning.</summary>
    internal static DenseHead Head(HeadSigns signs, BoxCode code, ScoreCode score, float offset) => new()
    {
        Levels = signs.Levels, Code = code, Score = score, PointOffset = offset,
    };

    /// <summary>What the head has beside classes and boxes.</summary>
    internal static IEnumerable<string> Kept(HeadSigns signs) => signs.Keypoints == 0 ? []
        : [$"{signs.Keypoints / 2} keypoints a place, which stay as they are"];

    // x sigmoid(x), the activation of YOLOv5 and after.
    private static bool HasSilu(OnnxModel model)
    {
        var producers = model.Producers;
        return model.Proto.Graph.Node.Any(node => node.OpType is "Mul" && node.Input.Any(input =>
            producers.GetValueOrDefault(input) is { OpType: "Sigmoid" } gate && node.Input.Contains(gate.Input[0])));
    }

    internal static HeadSigns? Signs(IReadOnlyList<HeadPiece> pieces, ImageInput input)
    {
        var sizes = pieces.GroupBy(piece => (piece.Height, piece.Width)).OrderByDescending(level => level.Key)
            .ToList();
        var roles = sizes.Select(level => HeatRoles.Of([.. level], input.Width) ?? HeadRoles.Of([.. level])
            ?? JointRoles.Of([.. level], sizes.Count)).ToList();
        if (roles.Count == 0 || roles.Any(level => level is null))
            return null;
        var levels = roles.Select(level => level!.Value).ToList();
        if (levels.Select(at => (at.Level.Classes.Columns, at.Level.Boxes.Columns, at.Level.Objectness is null,
            at.Classes.Activation, at.Keypoints)).Distinct().Count() > 1)
            return null;
        var (first, outputs) = (levels[0], pieces.Select(piece => piece.Names[^1]).Distinct().Count());
        var columns = first.Level.Boxes.Columns;
        return new([.. levels.Select(at => at.Level)], first.Classes.Activation, columns, first.Keypoints, first.Together,
            levels.Any(at => at.Boxes.Decoded),
            [.. levels.Select(at => DenseHead.Stride(input.Width, input.Height, at.Level).X)], outputs);
    }
}
