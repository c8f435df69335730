using MLNet.Detection.Data;

namespace MLNet.Detection.Tool.Terminal;

/// <summary>The classes of masks and those of the network that they are measured with, found by their names.</summary>
internal static class SharedClasses
{
    /// <summary>Says which classes of the data the network lacks.</summary>
    /// <param name="data">Pictures with masks.</param>
    /// <param name="model">The file of the network.</param>
    /// <param name="classes">Its classes.</param>
    /// <param name="toLearn">Whether the network learns from the data: all classes must be the same then.</param>
    /// <exception cref="DatasetException">It lacks all of them, so that nothing could be measured; or cannot learn.</exception>
    public static void Check(DetectionDataset data, string model, IReadOnlyList<string> classes, bool toLearn = false)
    {
        string[] own = [.. data.Categories.Select(category => category.Name)];
        if (toLearn && own.Any(classes.Contains) && !own.ToHashSet().SetEquals(classes))
            throw new DatasetException(data.Source, "", $"its masks have the classes {string.Join(", ", own)}, but {model} has "
                + $"{string.Join(", ", classes)}", "Give --train data with the same classes, or leave out --repair.");
        if (own.Except(classes).ToList() is not { Count: > 0 } unknown)
            return;
        var found = $"{model} has the classes {string.Join(", ", classes)}";
        if (!own.Any(classes.Contains))
            throw new DatasetException(data.Source, "", $"none of the classes of its masks ({string.Join(", ", own)}) is a class of the "
                + $"network: {found}", $"Name them as the network does, in the order of their numbers: --classes "
                + $"{string.Join(" ", classes)}; where the numbers are those of objects, give --objects too.");
        Verb.Warn($"{data.Source} has classes that the network does not: {string.Join(", ", unknown)}; {found}. Their pixels do not "
            + "count, the rest is measured.");
    }
}
