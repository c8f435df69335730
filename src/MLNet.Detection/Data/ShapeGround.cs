using System.Numerics;

namespace MLNet.Detection.Data;

/// <summary>
/// The textured ground of a picture: two colours mixed by soft clouds, stripes or a slope, and fine grain.
/// </summary>
internal sealed class ShapeGround
{
    private const float Grain = 5;
    private readonly int _seed;
    private readonly Vector3 _first;
    private readonly Vector3 _second;
    private readonly int _kind;
    private readonly float _cell;
    private readonly Vector2 _direction;

    public ShapeGround(Random random, int side)
    {
        _seed = random.Next();
        _first = ShapeColor.Muted(random);
        _second = Vector3.Lerp(_first, ShapeColor.Muted(random), 0.6f);
        _kind = random.Next(3);
        _cell = side * (0.08f + 0.2f * random.NextSingle());
        var (sin, cos) = MathF.SinCos(random.NextSingle() * MathF.Tau);
        _direction = new Vector2(cos, sin);
    }

    /// <summary>The colour that shapes must stand out from.</summary>
    public Vector3 Mean => (_first + _second) / 2;

    public Vector3 At(int x, int y)
    {
        var point = new Vector2(x, y);
        var clouds = Clouds(point / _cell);
        var mix = _kind switch
        {
            0 => clouds,
            1 => 0.5f + 0.5f * MathF.Sin(MathF.Tau * (Vector2.Dot(point, _direction) / _cell + 0.6f * clouds)),
            _ => 0.6f * Slope(Vector2.Dot(point, _direction) / (8 * _cell)) + 0.4f * clouds,
        };
        return Vector3.Lerp(_first, _second, mix) + new Vector3((Lattice(x, y) - 0.5f) * 2 * Grain);
    }

    private static float Slope(float t) => MathF.Abs(t - 2 * MathF.Floor(t / 2) - 1);

    // Value noise in three octaves, each of half the cell and half the weight.
    private float Clouds(Vector2 point) =>
        (4 * Noise(point) + 2 * Noise(2 * point + new Vector2(37)) + Noise(4 * point + new Vector2(91))) / 7;

    private float Noise(Vector2 point)
    {
        int x = (int)MathF.Floor(point.X), y = (int)MathF.Floor(point.Y);
        float u = Smooth(point.X - x), v = Smooth(point.Y - y);
        return float.Lerp(
            float.Lerp(Lattice(x, y), Lattice(x + 1, y), u),
            float.Lerp(Lattice(x, y + 1), Lattice(x + 1, y + 1), u), v);
    }

    private static float Smooth(float t) => t * t * (3 - 2 * t);

    // A number from 0 to 1 for each lattice point, by mixing the bits of its coordinates.
    private float Lattice(int x, int y)
    {
        var hash = (uint)_seed ^ (uint)x * 0x9E3779B1u ^ (uint)y * 0x85EBCA77u;
        hash = (hash ^ hash >> 15) * 0x2C1B3C6Du;
        hash = (hash ^ hash >> 12) * 0x297A2D39u;
        return (hash ^ hash >> 15) / (float)uint.MaxValue;
    }
}
