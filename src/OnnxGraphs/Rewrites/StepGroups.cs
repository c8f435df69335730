using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Rewrites;

/// <summary>Steps as a graph, and groups of them that are to run as one.</summary>
internal sealed class StepGroups
{
    private readonly Dictionary<Var, int> _producer = [];
    private readonly List<int>[] _reads;
    private readonly List<int>[] _readers;
    private readonly List<int>[] _group;
    private readonly int[] _visited;
    private int _visit;

    public StepGroups(IReadOnlyList<Step> steps)
    {
        foreach (var (i, step) in steps.Index())
            foreach (var output in step.Outputs)
                _producer[output] = i;
        _reads = [.. steps.Select(step => step.Inputs.Select(Producer).OfType<int>().Distinct().ToList())];
        _readers = [.. steps.Select(_ => new List<int>())];
        for (var i = 0; i < steps.Count; i++)
            foreach (var read in _reads[i])
                _readers[read].Add(i);
        _group = [.. steps.Index().Select(step => new List<int> { step.Index })];
        _visited = new int[steps.Count];
    }

    /// <summary>The groups, each a list of numbers of steps.</summary>
    public IEnumerable<IReadOnlyList<int>> All => _group.Distinct();

    /// <summary>The step that computes a value; null for inputs and constants.</summary>
    public int? Producer(Var? value) => value is not null && _producer.TryGetValue(value, out var i) ? i : null;

    /// <summary>The steps that read what a step computes.</summary>
    public IReadOnlyList<int> Readers(int step) => _readers[step];

    /// <summary>The steps of a step's group.</summary>
    public IReadOnlyList<int> Members(int step) => _group[step];

    /// <summary>Whether two steps are in one group.</summary>
    public bool AreOne(int a, int b) => _group[a] == _group[b];

    /// <summary>The steps that must be done before a step can begin, groups aside.</summary>
    public HashSet<int> Before(int step)
    {
        var (before, open) = (new HashSet<int>(), new Stack<int>(_reads[step]));
        while (open.TryPop(out var read))
            if (before.Add(read))
                foreach (var next in _reads[read])
                    open.Push(next);
        return before;
    }

    /// <summary>Makes one group of two, unless something outside lies between them.</summary>
    public bool TryJoin(int a, int b)
    {
        var joined = _group[a].Concat(_group[b]).ToList();
        if (WaitsForItself(joined))
            return false;
        foreach (var i in joined)
            _group[i] = joined;
        return true;
    }

    // Whether a member waits for a step outside that waits for a member; a group waits as a whole.
    private bool WaitsForItself(List<int> members)
    {
        var inside = members.ToHashSet();
        _visit++;
        var open = new Stack<int>(members.SelectMany(i => _reads[i]).Where(i => !inside.Contains(i)));
        while (open.TryPop(out var step))
        {
            if (_visited[step] == _visit)
                continue;
            foreach (var part in _group[step])
            {
                _visited[part] = _visit;
                foreach (var read in _reads[part])
                    if (inside.Contains(read))
                        return true;
                    else if (_visited[read] != _visit)
                        open.Push(read);
            }
        }
        return false;
    }
}
