using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Boxes;
using MLNet.Detection.Interop;
using Options = MLNet.Detection.Estimators.MatchAnchorsEstimator.Options;

namespace MLNet.Detection.Estimators;

/// <summary>Adds the match of every anchor; see <see cref="MatchAnchorsEstimator"/>.</summary>
public sealed class MatchAnchorsTransformer : RowTransformer
{
    private readonly Options _options;
    private readonly BoxColumns _anchors;

    /// <summary>A transformer over the columns that the options name.</summary>
    /// <exception cref="ArgumentException">There is no anchor.</exception>
    public MatchAnchorsTransformer(Options options)
    {
        if (options.Anchors.Count == 0)
            throw new ArgumentException(
                $"{nameof(options.Anchors)} is empty; give the anchors of the network.", nameof(options));
        (_options, _anchors) = (options, new BoxColumns([.. options.Anchors]));
        Inputs = [.. TruthReader.Inputs(options), .. Flags(options.CrowdColumnName, nameof(options.CrowdColumnName)),
            .. Flags(options.DifficultColumnName, nameof(options.DifficultColumnName))];
        Added = [new(options.OutputColumnName, new VectorDataViewType(NumberDataViewType.Int32, _anchors.Count))];
    }

    internal override IReadOnlyList<InputColumn> Inputs { get; }

    internal override IReadOnlyList<DataViewSchema.DetachedColumn> Added { get; }

    private protected override string HowToKeep =>
        "Keep the options and make it anew; training needs it, a trained detector does not.";

    internal override RowValues Open(DataViewRow input) => new Matches(input, _options, _anchors);

    private static IEnumerable<InputColumn> Flags(string? column, string option) => column is null ? []
        : [new(column, BooleanDataViewType.Instance, option) { IsVector = true, IsOptional = true }];

    private sealed class Matches(DataViewRow input, Options options, BoxColumns anchors) : RowValues(input)
    {
        private readonly TruthReader _truths = new(input, options);
        private readonly string[] _flags = [.. new[] { options.CrowdColumnName, options.DifficultColumnName }
            .OfType<string>().Where(name => input.Schema.GetColumnOrNull(name) is not null)];
        private readonly int[] _matches = new int[anchors.Count];

        public override Delegate Getter(int added) => Computed((ref VBuffer<int> value) =>
        {
            var editor = VBufferEditor.Create(ref value, _matches.Length);
            _matches.CopyTo(editor.Values);
            value = editor.Commit();
        });

        protected override void Compute()
        {
            var boxes = _truths.Read();
            var marked = Marked(boxes.Length);
            int[] learnt = [.. Enumerable.Range(0, boxes.Length).Where(i => !marked[i] && boxes[i].IsProper)];
            Box[] regions = [.. boxes.Where((_, i) => marked[i])];
            options.Matcher.Match(Array.ConvertAll(learnt, i => boxes[i]), anchors, _matches, regions);
            foreach (ref var match in _matches.AsSpan())
                if (match >= 0)
                    match = learnt[match];
        }

        private bool[] Marked(int boxes)
        {
            var marked = new bool[boxes];
            foreach (var name in _flags)
            {
                VBuffer<bool> flags = default;
                Input.GetGetter<VBuffer<bool>>(Input.Schema[name])(ref flags);
                if (flags.Length != boxes)
                    throw _truths.Error(name, $"{flags.Length} values", $"{boxes}, one a box");
                foreach (var (i, flag) in flags.Items())
                    marked[i] |= flag;
            }
            return marked;
        }
    }
}
