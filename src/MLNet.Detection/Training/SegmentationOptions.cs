using MLNet.Detection.Augmentation;
using MLNet.Detection.Segmentation;
using OnnxGraphs.Losses;

namespace MLNet.Detection.Training;

public sealed partial class SegmentationTrainer
{
    /// <summary>What is trained, on what, and how.</summary>
    public sealed record Options : TrainingOptions
    {
        /// <summary>The network to start from.</summary>
        public required SegmenterModel Segmenter { get; init; }

        /// <summary>Columns of the training data.</summary>
        public MaskColumns Columns { get; init; } = new();

        /// <summary>
        /// The loss, or a sum of losses: <c>0.5f * new DiceLoss() + new FocalLoss()</c>. Losses of class numbers and of
        /// sigmoids that mean the same are exchanged as the network's activation needs it. Null: cross-entropy.
        /// </summary>
        public Loss? Loss { get; init; }

        /// <summary>
        /// U-Net's weights of pixels between objects, beside the 1 that each pixel has. Objects are those of the data,
        /// where it
        /// tells them apart, else pixels of a class that hang together. A term of <see cref="AddedWeightLoss"/> adds
        /// the map
        /// instead. Null: none.
        /// </summary>
        public BorderWeights? Border { get; init; }

        /// <summary>A network to learn from beside the masks. Null: none.</summary>
        public SegmenterTeacher? Teacher { get; init; }

        /// <summary>How frequent and rare classes weigh.</summary>
        public ClassBalance Balance { get; init; }

        /// <summary>Whether touching objects of the data are parted by a line of background, so that the network can
        /// learn to
        /// tell them apart.</summary>
        public bool PartObjects { get; init; }

        /// <summary>The fewest pixels of a predicted object in validation; smaller ones are taken for noise.</summary>
        public int LeastPixels { get; init; } = 8;

        internal void Check(IReadOnlyList<string> classes)
        {
            Check();
            Require(LeastPixels > 0, nameof(LeastPixels), LeastPixels, "at least 1");
            Require(Mix is not MixUp, nameof(Mix), Mix, "Mosaic or null: a pixel of a mask has one class");
            Teacher?.Check(Segmenter);
            _ = Loss is null ? null : MapLoss.Terms(Loss, Segmenter.Activation);
            if (classes.Count > 0 && new ClassDifference("network", Segmenter.Classes, classes) is { IsNone: false } difference)
                throw difference.Error();
        }
    }
}
