using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Boxes;
using MLNet.Detection.Interop;
using Options = MLNet.Detection.Estimators.GenerateAnchorsEstimator.Options;

namespace MLNet.Detection.Estimators;

/// <summary>Adds anchors; see <see cref="GenerateAnchorsEstimator"/>.</summary>
public sealed class GenerateAnchorsTransformer : RowTransformer
{
    private readonly Box[] _anchors;

    /// <summary>Generates the anchors.</summary>
    /// <exception cref="ArgumentException">The feature maps do not fit the rule, or a size is not
    /// positive.</exception>
    public GenerateAnchorsTransformer(Options options)
    {
        _anchors = options.Scheme.Generate(options.ImageWidth, options.ImageHeight, [.. options.FeatureMaps]);
        Added = [new(options.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, _anchors.Length, 4))];
    }

    /// <summary>The anchors, in pixels of the network's input.</summary>
    public IReadOnlyList<Box> Anchors => _anchors;

    internal override IReadOnlyList<InputColumn> Inputs => [];

    internal override IReadOnlyList<DataViewSchema.DetachedColumn> Added { get; }

    private protected override string HowToKeep => "Keep the options and make it anew, or write an AnchorFile.";

    internal override RowValues Open(DataViewRow input) => new Constant(input, _anchors);

    private sealed class Constant(DataViewRow input, Box[] anchors) : RowValues(input)
    {
        public override Delegate Getter(int added) => Computed((ref VBuffer<float> value) =>
        {
            var editor = VBufferEditor.Create(ref value, 4 * anchors.Length);
            MemoryMarshal.Cast<Box, float>(anchors).CopyTo(editor.Values);
            value = editor.Commit();
        });

        protected override void Compute()
        {
        }
    }
}
