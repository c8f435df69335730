namespace MLNet.Detection.Data;

/// <summary>Gives a data set other classes, by their names.</summary>
internal sealed class ClassSelection(DetectionDataset dataset, IReadOnlyList<Category> classes)
{
    private IEnumerable<string> Names => classes.Select(category => category.Name);

    /// <summary>By names alone: ids are the file's where it has the class, else new ones behind them.</summary>
    public static ClassSelection ByName(DetectionDataset dataset, IReadOnlyList<string> names)
    {
        if (names.Distinct().Count() != names.Count)
            throw new ArgumentException($"A class is given twice in {string.Join(", ", names)}.", nameof(names));
        var ids = dataset.Categories.GroupBy(category => category.Name)
            .ToDictionary(group => group.Key, group => group.First().Id);
        var next = dataset.Categories.Select(category => category.Id).DefaultIfEmpty().Max() + 1;
        return new(dataset,
            [.. names.Select(name => new Category(ids.TryGetValue(name, out var id) ? id : next++, name))]);
    }

    /// <summary>Every class of some data sets: those of the first, then those that only later ones have.</summary>
    public static IReadOnlyList<Category> Union(IEnumerable<DetectionDataset> datasets)
    {
        var (all, ids) = (new List<Category>(), new HashSet<long>());
        foreach (var category in datasets.SelectMany(dataset => dataset.Categories))
            if (all.TrueForAll(known => known.Name != category.Name))
            {
                var id = ids.Add(category.Id) ? category.Id : ids.Max() + 1;
                ids.Add(id);
                all.Add(category with { Id = id });
            }
        return all;
    }

    public DetectionDataset Apply()
    {
        if (dataset.Categories.SequenceEqual(classes))
            return dataset;
        var (own, names) = (dataset.Categories.Select(category => category.Name).ToArray(), Names.ToList());
        int[] number = [.. own.Select(name => names.IndexOf(name))];
        if (own.Length > 0 && number.All(index => index < 0))
            throw new ArgumentException($"{dataset.Source} has the classes {string.Join(", ", own)}; none of them is "
                + $"among {string.Join(", ", names)}. Give data with the classes of the detector.");
        return new(dataset.Source, classes, dataset.Images.Select(image => image with
        {
            Boxes = [.. image.Boxes.Where(box => number[box.Category] >= 0)
                .Select(box => box with { Category = number[box.Category] })],
        }), [.. dataset.Problems, .. LeftOut(number), .. Lacking(own)], dataset.Unread);
    }

    private IEnumerable<DatasetProblem> Lacking(string[] own)
    {
        var missing = Names.Except(own).ToList();
        return missing.Count == 0 || dataset.Images.Length == 0 ? [] : [new(dataset.Source, "",
            $"it has no class {string.Join(", ", missing)}; nothing is learnt or measured of them here")];
    }

    private IEnumerable<DatasetProblem> LeftOut(int[] number)
    {
        var boxes = new int[number.Length];
        foreach (var box in dataset.Images.SelectMany(image => image.Boxes))
            boxes[box.Category]++;
        return dataset.Categories.Select((category, i) => (category.Name, Index: i))
            .Where(category => number[category.Index] < 0).Select(category => new DatasetProblem(dataset.Source, "",
            $"the class {category.Name} is none of {string.Join(", ", Names)}; its {boxes[category.Index]} boxes are "
            + "left out") { Kind = DatasetProblemKind.NoClass }).ToList();
    }
}
