namespace MLNet.Detection.Data;

/// <summary>Gives a data set other classes, by their names.</summary>
internal sealed class ClassSelection(DetectionDataset dataset, IReadOnlyList<string> names)
{
    public DetectionDataset Apply()
    {
        if (names.Distinct().Count() != names.Count)
            throw new ArgumentException($"A class is given twice in {string.Join(", ", names)}.", nameof(names));
        var own = dataset.Categories.Select(category => category.Name).ToArray();
        if (own.SequenceEqual(names))
            return dataset;
        int[] number = [.. own.Select(name => names.ToList().IndexOf(name))];
        if (own.Length > 0 && number.All(index => index < 0))
            throw new ArgumentException($"{dataset.Source} has the classes {string.Join(", ", own)}; none of them is "
                + $"among {string.Join(", ", names)}. Give data with the classes of the detector.", nameof(names));
        return new(dataset.Source, Categories(), dataset.Images.Select(image => image with
        {
            Boxes = [.. image.Boxes.Where(box => number[box.Category] >= 0)
                .Select(box => box with { Category = number[box.Category] })],
        }), [.. dataset.Problems, .. LeftOut(number), .. Lacking(own)], dataset.Unread);
    }

    // The file's ids where it has the class, new ones behind them where it has not.
    private IEnumerable<Category> Categories()
    {
        var ids = dataset.Categories.GroupBy(category => category.Name)
            .ToDictionary(group => group.Key, group => group.First().Id);
        var next = dataset.Categories.Select(category => category.Id).DefaultIfEmpty().Max() + 1;
        return names.Select(name => new Category(ids.TryGetValue(name, out var id) ? id : next++, name)).ToList();
    }

    private IEnumerable<DatasetProblem> Lacking(string[] own)
    {
        var missing = names.Except(own).ToList();
        return missing.Count == 0 ? [] : [new(dataset.Source, "",
            $"it has no class {string.Join(", ", missing)}; nothing is learnt or measured of them here")];
    }

    private IEnumerable<DatasetProblem> LeftOut(int[] number)
    {
        var boxes = new int[number.Length];
        foreach (var box in dataset.Images.SelectMany(image => image.Boxes))
            boxes[box.Category]++;
        return dataset.Categories.Where((_, i) => number[i] < 0).Select((category, _) => new DatasetProblem(
            dataset.Source, "", $"the class {category.Name} is none of {string.Join(", ", names)}; its "
            + $"{boxes[dataset.Categories.IndexOf(category)]} boxes are left out")
        { Kind = DatasetProblemKind.NoClass });
    }
}
