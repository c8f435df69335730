using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Boxes;
using MLNet.Detection.Interop;
using MLNet.Detection.Matching;
using Options = MLNet.Detection.Estimators.EncodeLabelsEstimator.Options;

namespace MLNet.Detection.Estimators;

/// <summary>Adds what every anchor must learn; see <see cref="EncodeLabelsEstimator"/>.</summary>
public sealed class EncodeLabelsTransformer : RowTransformer
{
    private readonly Options _options;
    private readonly Box[] _anchors;

    /// <summary>A transformer over the columns that the options name.</summary>
    /// <exception cref="ArgumentException">There is no anchor.</exception>
    public EncodeLabelsTransformer(Options options)
    {
        if (options.Anchors.Count == 0)
            throw new ArgumentException(
                $"{nameof(options.Anchors)} is empty; give the anchors of the network.", nameof(options));
        (_options, _anchors) = (options, [.. options.Anchors]);
        Inputs =
        [
            .. TruthReader.Inputs(options),
            new(options.LabelColumnName, NumberDataViewType.UInt32, nameof(options.LabelColumnName))
                { IsVector = true, IsKey = true },
            new(options.MatchedIndicesColumnName, NumberDataViewType.Int32, nameof(options.MatchedIndicesColumnName))
                { IsVector = true },
        ];
        Added =
        [
            new(options.ClassOutputColumnName, new VectorDataViewType(NumberDataViewType.Int64, _anchors.Length)),
            new(options.BoxOutputColumnName, new VectorDataViewType(NumberDataViewType.Single, _anchors.Length, 4)),
        ];
    }

    internal override IReadOnlyList<InputColumn> Inputs { get; }

    internal override IReadOnlyList<DataViewSchema.DetachedColumn> Added { get; }

    private protected override string HowToKeep =>
        "Keep the options and make it anew; training needs it, a trained detector does not.";

    internal override RowValues Open(DataViewRow input) => new Targets(input, _options, _anchors);

    private sealed class Targets(DataViewRow input, Options options, Box[] anchors) : RowValues(input)
    {
        private readonly TruthReader _truths = new(input, options);
        private readonly ValueGetter<VBuffer<uint>> _label =
            input.GetGetter<VBuffer<uint>>(input.Schema[options.LabelColumnName]);
        private readonly ValueGetter<VBuffer<int>> _match =
            input.GetGetter<VBuffer<int>>(input.Schema[options.MatchedIndicesColumnName]);
        private readonly long[] _classes = new long[anchors.Length];
        private readonly BoxDelta[] _deltas = new BoxDelta[anchors.Length];
        private VBuffer<uint> _labels;
        private VBuffer<int> _matches;

        public override Delegate Getter(int added) => added == 0
            ? Computed((ref VBuffer<long> value) => Copy(_classes, ref value))
            : Computed((ref VBuffer<float> value) => Copy(MemoryMarshal.Cast<BoxDelta, float>(_deltas), ref value));

        protected override void Compute()
        {
            var boxes = _truths.Read();
            _label(ref _labels);
            _match(ref _matches);
            uint[] labels = [.. _labels.DenseValues()];
            int[] matches = [.. _matches.DenseValues()];
            Check(boxes.Length, labels, matches);
            for (var i = 0; i < matches.Length; i++)
                _classes[i] = matches[i] < 0 ? matches[i]
                    : labels[matches[i]] is > 0 and var key ? key - 1 : Matcher.Ignored;
            options.Coder.EncodeMatches(boxes, matches, anchors, _deltas);
        }

        private void Check(int boxes, uint[] labels, int[] matches)
        {
            if (labels.Length != boxes)
                throw _truths.Error(options.LabelColumnName, $"{labels.Length} labels", $"{boxes}, one a box");
            if (matches.Length != anchors.Length)
                throw _truths.Error(
                    options.MatchedIndicesColumnName, $"{matches.Length} matches", $"{anchors.Length}, one an anchor");
            if (matches.Max() >= boxes || matches.Min() < Matcher.Ignored)
                throw _truths.Error(options.MatchedIndicesColumnName, $"{matches.Min()} to {matches.Max()}",
                    $"{Matcher.Ignored} to {boxes - 1}, because the row has {boxes} boxes");
        }

        private static void Copy<T>(ReadOnlySpan<T> from, ref VBuffer<T> to)
        {
            var editor = VBufferEditor.Create(ref to, from.Length);
            from.CopyTo(editor.Values);
            to = editor.Commit();
        }
    }
}
