using System.Globalization;

namespace MLNet.Detection.Tests.Training;

/// <summary>Curves of memory and handles, as numbers and as a picture.</summary>
internal static class SoakFiles
{
    private const int Width = 720, Height = 180, Margin = 40;

    public static void Write(string folder, string name, IReadOnlyList<Usage> usage)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllLines(Path.Combine(folder, $"{name}.csv"), usage.Select(u =>
            string.Create(CultureInfo.InvariantCulture, $"{u.At},{u.Megabytes:f1},{u.Handles}")).Prepend($"{name},megabytes,handles"));
        File.WriteAllText(Path.Combine(folder, $"{name}.svg"), $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {2 * Height}" font-family="sans-serif" font-size="12">
            {Curve(usage, name, "MB", u => u.Megabytes, 0)}
            {Curve(usage, name, "handles", u => u.Handles, Height)}
            </svg>

            """);
    }

    // From zero: what is flat looks flat.
    private static string Curve(IReadOnlyList<Usage> usage, string name, string unit, Func<Usage, double> value, int top)
    {
        var (most, last) = (usage.Max(value), (double)usage[^1].At);
        var points = string.Join(' ', usage.Select(u => string.Create(CultureInfo.InvariantCulture,
            $"{Margin + (Width - 2 * Margin) * u.At / last:f1},{top + Height - Margin - (Height - 2 * Margin) * value(u) / most:f1}")));
        return $"""
            <text x="{Margin}" y="{top + 24}">{unit}, 0 to {most.ToString("f0", CultureInfo.InvariantCulture)}, over {last} {name}</text>
            <path d="M{Margin},{top + Height - Margin}H{Width - Margin}" stroke="#999"/>
            <polyline fill="none" stroke="#1565c0" stroke-width="1.5" points="{points}"/>
            """;
    }
}
