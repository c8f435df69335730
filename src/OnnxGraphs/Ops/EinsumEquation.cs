using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

/// <summary>An Einsum equation with a letter for each axis: an ellipsis becomes letters of its own.</summary>
/// <param name="Terms">Letters of each operand.</param>
/// <param name="Result">Letters of the result.</param>
internal sealed record EinsumEquation(IReadOnlyList<string> Terms, string Result)
{
    private const string Ellipsis = "...";

    private const char FirstHidden = '\u0100';

    /// <summary>Reads the equation of a node for the ranks of its inputs.</summary>
    /// <exception cref="GraphException">It does not fit them.</exception>
    public static EinsumEquation Of(Node x)
    {
        var text = x.Attributes.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
        var sides = text.Split("->");
        var terms = sides[0].Split(',');
        if (sides.Length > 2 || terms.Length != x.Inputs.Count || !text.Replace("->", "", StringComparison.Ordinal)
            .Replace(Ellipsis, "", StringComparison.Ordinal).All(c => c == ',' || char.IsAsciiLetter(c)))
            throw Unfit(x, text);
        var ranks = terms.Select((term, i) => x[i].Shape.Rank - term.Replace(Ellipsis, "").Length).ToArray();
        var rank = ranks.Max();
        if (terms.Zip(ranks).Any(pair => pair.Second != (pair.First.Contains(Ellipsis) ? rank : 0)) || rank > 32)
            throw Unfit(x, text);
        var hidden = string.Concat(Enumerable.Range(0, rank).Select(i => (char)(FirstHidden + i)));
        var written = sides.Length == 2 ? sides[1] : Implied(terms);
        return Letters([.. terms.Select(term => term.Replace(Ellipsis, hidden))],
            written.Replace(Ellipsis, hidden));
    }

    /// <summary>The equation as ONNX writes it.</summary>
    public override string ToString() => $"{string.Join(',', Terms)}->{Result}";

    /// <summary>The shape of the result; axes of one letter agree or are 1.</summary>
    public TensorShape Shape(Node x)
    {
        var sizes = new Dictionary<char, long>();
        for (var i = 0; i < Terms.Count; i++)
            foreach (var (letter, dim) in Terms[i].Zip(x[i].Shape))
            {
                var known = sizes.GetValueOrDefault(letter, 1);
                sizes[letter] = known == 1 || known == dim ? dim : dim == 1 ? known : throw new GraphException(
                    $"{x}: equation '{this}' gives one letter to axes of {known} and {dim}.");
            }
        return new([.. Result.Select(letter => sizes.TryGetValue(letter, out var size) ? size : throw new
            GraphException($"{x}: equation '{this}' has a result '{letter}' that no operand has."))]);
    }

    // Without an arrow: the ellipsis, then the letters that occur once, in alphabetical order.
    private static string Implied(string[] terms)
    {
        var letters = terms.SelectMany(term => term.Replace(Ellipsis, "")).ToList();
        var once = letters.Where(letter => letters.Count(other => other == letter) == 1).Order();
        return (terms.Any(term => term.Contains(Ellipsis)) ? Ellipsis : "") + string.Concat(once);
    }

    // Hidden axes get letters that the equation leaves free.
    private static EinsumEquation Letters(string[] terms, string result)
    {
        var used = string.Concat(terms).ToHashSet();
        var free = new Queue<char>("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".Where(c => !used.Contains(c)));
        foreach (var letter in used.Where(letter => letter >= FirstHidden).Order())
        {
            var chosen = free.Dequeue();
            (terms, result) = ([.. terms.Select(term => term.Replace(letter, chosen))], result.Replace(letter, chosen));
        }
        return new(terms, result);
    }

    private static GraphException Unfit(Node x, string text) =>
        new($"{x}: equation '{text}' does not fit {x.Inputs.Count} inputs of these ranks.");
}
