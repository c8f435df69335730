namespace MLNet.Detection.Heads;

/// <summary>Scores of all places, as they are decoded here, for a comparison with the file's own.</summary>
/// <param name="Scores">Those of each place, background among them where there is one.</param>
/// <param name="Levels">Places of each feature level, in order.</param>
/// <param name="Powers">a and b of scores p^a o^b with p the class's probability and o the objectness.</param>
internal sealed record ScoreTable(
    IReadOnlyList<float[]> Scores, IReadOnlyList<int> Levels, (float Class, float Objectness) Powers)
{
    /// <summary>Number of places.</summary>
    public int Rows => Scores.Count;

    /// <summary>Scores of a place.</summary>
    public int Columns => Scores[0].Length;

    /// <summary>The same in the order of a file's rows: the own place of each.</summary>
    public ScoreTable In(int[] order) => this with
    {
        Scores = [.. order.Select(place => Scores[place])], Levels = order[0] == 0 ? Levels : [.. Levels.Reverse()],
    };

    /// <summary>Some of the columns.</summary>
    public ScoreTable Part(int first, int columns) => this with { Scores = [.. Scores.Select(row => row[first..(first + columns)])] };

    /// <summary>All rows together, then those of each level, as first row and number.</summary>
    public IEnumerable<(int First, int Rows)> Ranges
    {
        get
        {
            yield return (0, Rows);
            var first = 0;
            foreach (var rows in Levels.Sum() == Rows && Levels.Count > 1 ? Levels : [])
            {
                yield return (first, rows);
                first += rows;
            }
        }
    }

    /// <summary>The score of a place and class.</summary>
    public float this[int row, int column] => Scores[row][column];

    /// <summary>Whether all scores are those of another table, up to a relative difference.</summary>
    public bool Agrees(ScoreTable other, float tolerance) => Rows == other.Rows && Columns == other.Columns
        && Scores.Zip(other.Scores).All(row => row.First.Zip(row.Second).All(pair => Near(pair.First, pair.Second, tolerance)));

    /// <summary>The score that probability and objectness make.</summary>
    public float Product(float p, float o) => MathF.Pow(p, Powers.Class) * MathF.Pow(o, Powers.Objectness);

    /// <summary>Below a millionth a sigmoid is rounding alone.</summary>
    public const float Rounding = 1e-6f;

    /// <summary>Whether two scores are the same.</summary>
    public static bool Near(float a, float b, float tolerance, float rounding = Rounding) =>
        Math.Abs(a - b) <= rounding + tolerance * Math.Max(Math.Abs(a), Math.Abs(b));
}
