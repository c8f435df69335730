using System.Globalization;

namespace MLNet.Detection.Training;

/// <summary>The log of a run, <c>log.csv</c> in its workspace: one entry a reported step, resumed runs included.</summary>
/// <param name="Terms">Names of the loss terms.</param>
/// <param name="Steps">The steps, in order.</param>
public sealed record TrainingLog(IReadOnlyList<string> Terms, IReadOnlyList<TrainingLogStep> Steps)
{
    /// <summary>Columns before the terms: step, epoch, learning_rate, loss. One follows them: seconds.</summary>
    private const int Leading = 4;

    /// <summary>Reads a log.</summary>
    /// <exception cref="InvalidDataException">A line is damaged; the message names it.</exception>
    public static TrainingLog Read(string path)
    {
        var lines = File.ReadAllLines(path);
        if (lines.Length == 0)
            return new([], []);
        var header = lines[0].Split(',');
        if (header.Length <= Leading || header[0] != "step" || header[^1] != "seconds")
            throw new InvalidDataException($"{path}, line 1: not the header of a training log; check the path.");
        var terms = header[Leading..^1];
        var steps = lines.Skip(1).Select((line, i) => Parse(line, terms.Length) ?? throw new InvalidDataException(
            $"{path}, line {i + 2}: not a line of a training log; delete it and all after it."));
        return new(terms, [.. steps]);
    }

    private static TrainingLogStep? Parse(string line, int terms)
    {
        var numbers = line.Split(',').Select(field =>
            double.TryParse(field, CultureInfo.InvariantCulture, out var number) ? number : (double?)null).ToArray();
        return numbers.Length != Leading + terms + 1 || numbers.Contains(null) ? null
            : new((int)numbers[0]!, (int)numbers[1]!, numbers[2]!.Value, numbers[3]!.Value,
                [.. numbers[Leading..^1].Select(number => number!.Value)]);
    }
}
