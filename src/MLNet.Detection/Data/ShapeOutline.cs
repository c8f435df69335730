using System.Numerics;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Data;

/// <summary>A closed polygon in pixels.</summary>
internal sealed class ShapeOutline(Vector2[] corners)
{
    private const int CircleCorners = 64;   // off the true circle by 0.12 % of the radius

    public Box Bounds { get; } = new(
        corners.Min(c => c.X), corners.Min(c => c.Y), corners.Max(c => c.X), corners.Max(c => c.Y));

    /// <summary>
    /// A shape of this radius around a centre, turned by an angle; the aspect is a rectangle's width over height.
    /// </summary>
    public static ShapeOutline Of(ShapeKind kind, Vector2 center, float radius, float angle, float aspect)
    {
        var turn = Matrix3x2.CreateScale(radius) * Matrix3x2.CreateRotation(angle)
            * Matrix3x2.CreateTranslation(center);
        return new([.. Unit(kind, aspect).Select(corner => Vector2.Transform(corner, turn))]);
    }

    /// <summary>Distance to the outline, negative inside (even-odd rule).</summary>
    public float SignedDistance(Vector2 point)
    {
        var nearest = float.PositiveInfinity;
        var inside = false;
        for (int i = 0, j = corners.Length - 1; i < corners.Length; j = i++)
        {
            Vector2 edge = corners[j] - corners[i], to = point - corners[i];
            var along = Math.Clamp(Vector2.Dot(to, edge) / edge.LengthSquared(), 0, 1);
            nearest = Math.Min(nearest, (to - along * edge).LengthSquared());
            if (corners[i].Y > point.Y != corners[j].Y > point.Y && to.X < edge.X * to.Y / edge.Y)
                inside = !inside;
        }
        return inside ? -MathF.Sqrt(nearest) : MathF.Sqrt(nearest);
    }

    private static IEnumerable<Vector2> Unit(ShapeKind kind, float aspect) => kind switch
    {
        ShapeKind.Circle => Ring(CircleCorners),
        ShapeKind.Triangle => Ring(3),
        ShapeKind.Rectangle => Rectangle(aspect),
        _ => Cross(0.32f),
    };

    private static IEnumerable<Vector2> Ring(int count) => Enumerable.Range(0, count)
        .Select(i => new Vector2(MathF.Cos(i * MathF.Tau / count), MathF.Sin(i * MathF.Tau / count)));

    private static IEnumerable<Vector2> Rectangle(float aspect)
    {
        var half = new Vector2(MathF.Sqrt(aspect), 1 / MathF.Sqrt(aspect)) * 0.8f;
        return [half, new(-half.X, half.Y), -half, new(half.X, -half.Y)];
    }

    private static IEnumerable<Vector2> Cross(float arm)
    {
        Vector2[] quarter = [new(arm, 1), new(arm, arm), new(1, arm)];
        foreach (var (x, y) in new[] { (1, 1), (1, -1), (-1, -1), (-1, 1) })
            foreach (var corner in x == y ? quarter : quarter.Reverse())
                yield return new(corner.X * x, corner.Y * y);
    }
}
