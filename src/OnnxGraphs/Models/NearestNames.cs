namespace OnnxGraphs.Models;

/// <summary>Suggestions for a misspelt name.</summary>
internal static class NearestNames
{
    /// <summary>The names with the smallest edit distance, nearest first.</summary>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> candidates, int count = 4) =>
        [.. candidates.Where(c => c.Length > 0).OrderBy(c => Distance(name, c)).ThenBy(c => c, StringComparer.Ordinal)
            .Take(count)];

    // Levenshtein distance, one row at a time.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var (diagonal, cost) = (row[0], 0);
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                cost = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? diagonal : diagonal + 1;
                (diagonal, row[j]) = (row[j], Math.Min(cost, Math.Min(row[j], row[j - 1]) + 1));
            }
        }
        return row[^1];
    }
}
