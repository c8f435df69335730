using System.Globalization;

namespace MLNet.Detection.Training.Hooks;

/// <summary>Lines of a CSV file of a run that are true still where it goes on: the header, and those that begin with a number of what
/// is done.</summary>
internal static class KeptLines
{
    /// <summary>The lines of a file up to the given step or epoch; none where nothing is done or there is no file.</summary>
    public static string[] Of(string path, int done) => done > 0 && File.Exists(path)
        ? [.. File.ReadLines(path).Where((line, i) => i == 0 || NumberOf(line) <= done)] : [];

    private static int NumberOf(string line) =>
        int.TryParse(line.AsSpan(0, Math.Max(0, line.IndexOf(','))), CultureInfo.InvariantCulture, out var number)
            ? number : int.MaxValue;
}
