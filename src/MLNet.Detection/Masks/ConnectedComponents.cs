namespace MLNet.Detection.Masks;

/// <summary>Pixels of one class that hang together by their sides.</summary>
public static class ConnectedComponents
{
    /// <summary>
    /// The number of each pixel's component, from 1 in the order of their first pixels; 0 for background and pixels that do
    /// not count.
    /// </summary>
    /// <param name="classes">Class numbers, 0 for background.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="least">The fewest pixels of a component; smaller ones are left out.</param>
    public static (int[] Numbers, int Count) Of(ReadOnlySpan<byte> classes, int width, int height, int least = 1)
    {
        var (numbers, count, queue) = (new int[classes.Length], 0, new List<int>());
        for (var first = 0; first < classes.Length; first++)
        {
            if (classes[first] is 0 or LabelMap.Ignored || numbers[first] != 0)
                continue;
            queue.Clear();
            queue.Add(first);
            numbers[first] = ++count;
            for (var next = 0; next < queue.Count; next++)
            {
                var (at, x, y) = (queue[next], queue[next] % width, queue[next] / width);
                Visit(classes, at, at - 1, x > 0);
                Visit(classes, at, at + 1, x < width - 1);
                Visit(classes, at, at - width, y > 0);
                Visit(classes, at, at + width, y < height - 1);
            }
            if (queue.Count >= least)
                continue;
            foreach (var at in queue)
                numbers[at] = -1;   // seen, and too small
            count--;
        }
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = Math.Max(0, numbers[i]);
        return (numbers, count);

        void Visit(ReadOnlySpan<byte> of, int from, int to, bool inside)
        {
            if (!inside || numbers[to] != 0 || of[to] != of[from])
                return;
            numbers[to] = count;
            queue.Add(to);
        }
    }
}
