using System.Numerics;
using MLNet.Detection.Augmentation;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;

namespace MLNet.Detection.Data;

/// <summary>Paints one picture: ground, then shapes one over the other, with labels.</summary>
internal sealed class ShapeScene
{
    private const int Attempts = 30;
    private const float MostCovered = 0.2f, MostOutside = 0.15f;

    private readonly ShapesOptions _options;
    private readonly Random _random;
    private readonly ShapeGround _ground;
    private readonly Vector3[] _pixels;
    private readonly List<LabeledBox> _labels = [];
    private readonly byte[] _classes;
    private readonly ushort[] _objects;

    private ShapeScene(ShapesOptions options, int index)
    {
        _options = options;
        _random = new Random(unchecked(options.Seed * 0x2545F491 + index));
        _ground = new ShapeGround(_random, Math.Min(options.Width, options.Height));
        _pixels = new Vector3[options.Width * options.Height];
        (_classes, _objects) = (new byte[_pixels.Length], new ushort[_pixels.Length]);
    }

    public static LabeledPicture Paint(ShapesOptions options, int index)
    {
        var scene = new ShapeScene(options, index);
        for (var i = 0; i < scene._pixels.Length; i++)
            scene._pixels[i] = scene._ground.At(i % options.Width, i / options.Width);
        for (var wanted = scene._random.Next(1, options.MaxShapes + 1); wanted > 0; wanted--)
            scene.AddShape();
        return new(scene.ToImage(), scene._labels)
        {
            Labels = !options.Masks ? null : new(options.Width, options.Height, scene._classes) { Instances = scene._objects },
        };
    }

    private void AddShape()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var kind = (ShapeKind)_random.Next(Enum.GetValues<ShapeKind>().Length);
            var outline = RandomOutline(kind);
            var box = outline.Bounds.Clip(_options.Width, _options.Height);
            if (box.Area < (1 - MostOutside) * outline.Bounds.Area || _labels.Any(other => Covers(box, other.Box)))
                continue;
            Fill(outline, ShapeColor.Strong(_random, _ground.Mean), kind);
            _labels.Add(new(box, (int)kind, ((double)box.X1 - box.X0) * ((double)box.Y1 - box.Y0)));
            return;
        }
    }

    private ShapeOutline RandomOutline(ShapeKind kind)
    {
        // Evenly in the logarithm: as many shapes between 20 and 30 pixels as between 40 and 60.
        var size = _options.MinSize * Math.Pow(_options.MaxSize / _options.MinSize, _random.NextDouble());
        var radius = (float)(size * Math.Min(_options.Width, _options.Height) / 2);
        var center = new Vector2(_random.NextSingle() * _options.Width, _random.NextSingle() * _options.Height);
        return ShapeOutline.Of(
            kind, center, radius, _random.NextSingle() * MathF.Tau, MathF.Pow(1.5f, 2 * _random.NextSingle() - 1));
    }

    private static bool Covers(Box box, Box other)
    {
        var width = Math.Min(box.X1, other.X1) - Math.Max(box.X0, other.X0);
        var height = Math.Min(box.Y1, other.Y1) - Math.Max(box.Y0, other.Y0);
        return width > 0 && height > 0 && width * height > MostCovered * Math.Min(box.Area, other.Area);
    }

    private void Fill(ShapeOutline outline, Vector3 color, ShapeKind kind)
    {
        var (x0, y0, x1, y1) = outline.Bounds;
        var rim = _random.Next(3) == 0 ? 1.5f + 0.02f * (x1 - x0) : 0;
        var light = _random.NextSingle() * 0.35f;
        for (var y = Math.Max(0, (int)y0 - 1); y < Math.Min(_options.Height, (int)y1 + 2); y++)
            for (var x = Math.Max(0, (int)x0 - 1); x < Math.Min(_options.Width, (int)x1 + 2); x++)
            {
                var distance = outline.SignedDistance(new(x + 0.5f, y + 0.5f));
                var shade = 1 + light * (0.5f - (y - y0) / (y1 - y0));
                var paint = Vector3.Lerp(color * shade, color * 0.45f, rim == 0 ? 0 : Coverage(-distance - rim));
                ref var pixel = ref _pixels[y * _options.Width + x];
                pixel = Vector3.Lerp(pixel, paint, Coverage(distance));
                if (Coverage(distance) < 0.5f)
                    continue;
                _classes[y * _options.Width + x] = (byte)((int)kind + 1);
                _objects[y * _options.Width + x] = (ushort)(_labels.Count + 1);
            }
    }

    // The part of a pixel inside an edge that passes it at this distance, to first order.
    private static float Coverage(float distance) => Math.Clamp(0.5f - distance, 0, 1);

    private RgbImage ToImage()
    {
        var image = RgbImage.Filled(_options.Width, _options.Height, 0, 0, 0);
        for (var i = 0; i < _pixels.Length; i++)
            for (var c = 0; c < 3; c++)
                image.Pixels[3 * i + c] = (byte)Math.Clamp(_pixels[i][c] + 0.5f, 0, 255);
        return image;
    }
}
