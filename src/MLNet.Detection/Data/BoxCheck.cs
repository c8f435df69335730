using System.Globalization;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Data;

/// <summary>
/// Clips annotated boxes to their image and drops what is left with no size, keeping a list of what it did.
/// </summary>
/// <param name="problems">The list.</param>
/// <param name="inParts">Whether the boxes were found to be parts of their pictures: every overhang is said.</param>
internal sealed class BoxCheck(List<DatasetProblem> problems, bool inParts = false)
{
    // Exporters round corners to two decimals: an overhang of this many pixels is rounding and not worth a word.
    // Where the unit was guessed from the numbers, only what double arithmetic leaves is.
    private const double Rounding = 0.05, PartsRounding = 1e-9;

    /// <summary>The box inside the image, or null when nothing of it remains.</summary>
    public Box? Admit(double x0, double y0, double x1, double y1, int width, int height, AnnotationPlace place)
    {
        if (!double.IsFinite(x0 + y0 + x1 + y1))
            throw place.Error("a coordinate of the box is not a finite number", "Correct the box or remove it.");
        if (x1 < x0 || y1 < y0)
            return Drop(Invariant($"the box from {x0} {y0} to {x1} {y1} is {x1 - x0} x {y1 - y0} pixels; dropped"),
                DatasetProblemKind.Swapped, place);
        if (x1 == x0 || y1 == y0)
            return Drop(Invariant($"the box is {x1 - x0} x {y1 - y0} pixels; dropped"), DatasetProblemKind.NoSize,
                place);

        var box = new Box(
            (float)Math.Clamp(x0, 0, width), (float)Math.Clamp(y0, 0, height),
            (float)Math.Clamp(x1, 0, width), (float)Math.Clamp(y1, 0, height));
        if (box.X1 <= box.X0 || box.Y1 <= box.Y0)
            return Drop(
                Invariant($"the box {x0} {y0} {x1} {y1} lies outside the {width} x {height} image; dropped"),
                DatasetProblemKind.Outside, place);

        var (overX, overY) = inParts ? (PartsRounding * width, PartsRounding * height) : (Rounding, Rounding);
        if (x0 < -overX || y0 < -overY || x1 > width + overX || y1 > height + overY)
            problems.Add(place.Problem(
                Invariant($"the box {x0} {y0} {x1} {y1} leaves the {width} x {height} image; clipped"),
                DatasetProblemKind.Clipped));
        return box;
    }

    private Box? Drop(string message, DatasetProblemKind kind, AnnotationPlace place)
    {
        problems.Add(place.Problem(message, kind));
        return null;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
