using System.Globalization;

namespace MLNet.Detection.Data.MaskFormats;

/// <summary>
/// <c>labelmap.txt</c> as CVAT writes it, a line a class: name:red,green,blue:parts:actions. Background is a class called so,
/// or of black.
/// </summary>
/// <param name="Classes">The names, without background.</param>
/// <param name="Colors">Of each number in a map of labels the colour, 0xRRGGBB; background is 0.</param>
internal sealed record LabelColors(IReadOnlyList<string> Classes, IReadOnlyList<int> Colors)
{
    /// <exception cref="DatasetException">A line is damaged.</exception>
    public static LabelColors Read(string path)
    {
        var (classes, colors) = (new List<string>(), new List<int> { 0 });
        foreach (var (i, line) in File.ReadAllLines(path).Index())
        {
            if (line.Trim().Length == 0 || line.TrimStart().StartsWith('#'))
                continue;
            if (line.Split(':') is not [var name, var color, ..] || Parse(color) is not { } rgb)
                throw new DatasetException(path, $"line {i + 1}", $"\"{line}\" is no class with a colour",
                    "Expected name:red,green,blue:parts:actions.");
            if (name.Trim().Equals("background", StringComparison.OrdinalIgnoreCase) || rgb == 0)
                colors[0] = rgb;
            else
            {
                classes.Add(name.Trim());
                colors.Add(rgb);
            }
        }
        return new(classes, colors);
    }

    private static int? Parse(string text)
    {
        var parts = text.Split(',').Select(part =>
            byte.TryParse(part, CultureInfo.InvariantCulture, out var value) ? value : (int?)null).ToList();
        return parts is [{ } red, { } green, { } blue] ? red << 16 | green << 8 | blue : null;
    }
}
