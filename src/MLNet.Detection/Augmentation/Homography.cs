using MLNet.Detection.Boxes;

namespace MLNet.Detection.Augmentation;

/// <summary>
/// A change of the plane that keeps lines straight, (x, y) to ((a x + b y + c) / w, (d x + e y + f) / w) with
/// w = g x + h y + i: shifts, turns, shears, scales and perspectives.
/// </summary>
internal sealed record Homography(
    double A, double B, double C, double D, double E, double F, double G = 0, double H = 0, double I = 1)
{
    /// <summary>A shift.</summary>
    public static Homography Shift(double x, double y) => new(1, 0, x, 0, 1, y);

    /// <summary>A scale about the origin.</summary>
    public static Homography Scale(double factor) => new(factor, 0, 0, 0, factor, 0);

    /// <summary>A turn about the origin; clockwise as rows go down.</summary>
    public static Homography Turn(double radians) =>
        new(Math.Cos(radians), -Math.Sin(radians), 0, Math.Sin(radians), Math.Cos(radians), 0);

    /// <summary>Shears along both axes by angles.</summary>
    public static Homography Shear(double x, double y) => new(1, Math.Tan(x), 0, Math.Tan(y), 1, 0);

    /// <summary>The change that brings the corners of a rectangle at the origin (left top, right top, right bottom, left
    /// bottom) to four places. Heckbert 1989, "Fundamentals of texture mapping and image warping", section 2.2.3.</summary>
    public static Homography FromCorners(double width, double height, IReadOnlyList<(double X, double Y)> p)
    {
        double sx = p[0].X - p[1].X + p[2].X - p[3].X, sy = p[0].Y - p[1].Y + p[2].Y - p[3].Y;
        double x1 = p[1].X - p[2].X, x2 = p[3].X - p[2].X, y1 = p[1].Y - p[2].Y, y2 = p[3].Y - p[2].Y;
        var determinant = x1 * y2 - x2 * y1;
        var (g, h) = ((sx * y2 - x2 * sy) / determinant, (x1 * sy - sx * y1) / determinant);
        var unit = new Homography(p[1].X - p[0].X + g * p[1].X, p[3].X - p[0].X + h * p[3].X, p[0].X,
            p[1].Y - p[0].Y + g * p[1].Y, p[3].Y - p[0].Y + h * p[3].Y, p[0].Y, g, h);
        return new Homography(1 / width, 0, 0, 0, 1 / height, 0).Then(unit);
    }

    /// <summary>This change and then another.</summary>
    public Homography Then(Homography next) => new(
        next.A * A + next.B * D + next.C * G, next.A * B + next.B * E + next.C * H, next.A * C + next.B * F + next.C * I,
        next.D * A + next.E * D + next.F * G, next.D * B + next.E * E + next.F * H, next.D * C + next.E * F + next.F * I,
        next.G * A + next.H * D + next.I * G, next.G * B + next.H * E + next.I * H, next.G * C + next.H * F + next.I * I);

    /// <summary>The change that undoes this one, up to the factor that a division by w takes out.</summary>
    public Homography Inverse() => new(
        E * I - F * H, C * H - B * I, B * F - C * E, F * G - D * I, A * I - C * G, C * D - A * F,
        D * H - E * G, B * G - A * H, A * E - B * D);

    /// <summary>Where a point goes.</summary>
    public (double X, double Y) Map(double x, double y)
    {
        var w = G * x + H * y + I;
        return ((A * x + B * y + C) / w, (D * x + E * y + F) / w);
    }

    /// <summary>The corners of a box where they go, in turn.</summary>
    public (double X, double Y)[] Corners(Box box) =>
        [Map(box.X0, box.Y0), Map(box.X1, box.Y0), Map(box.X1, box.Y1), Map(box.X0, box.Y1)];
}
