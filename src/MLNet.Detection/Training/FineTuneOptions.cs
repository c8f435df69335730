using Microsoft.ML;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Matching;
using OnnxGraphs.Losses;

namespace MLNet.Detection.Training;

public sealed partial class FineTuneTrainer
{
    /// <summary>What is trained, on what, and how.</summary>
    public sealed record Options : TrainingOptions
    {
        /// <summary>The detector to start from.</summary>
        public required DetectorModel Detector { get; init; }

        /// <summary>
        /// Sizes of pictures that the steps take by chance; measured and saved is the network's own size. The random changes
        /// and mixes see pictures in the largest size. Null: the network's own alone.
        /// </summary>
        public MultiScale? MultiScale { get; init; }

        /// <summary>Columns of the training data.</summary>
        public LabelColumns Columns { get; init; } = new();

        /// <summary>
        /// The loss of SSD and RetinaNet heads. Null: MultiBox for heads with a background column, RetinaNet for those
        /// without. Other heads carry theirs: <see cref="DetectorModel.Head"/>.
        /// </summary>
        public DetectionLoss? Loss { get; init; }

        /// <summary>
        /// Which anchors of SSD and RetinaNet heads learn which object. Null: SSD's two-way match for heads with a
        /// background column, RetinaNet's thresholds 0.5 and 0.4 for those without.
        /// </summary>
        public Matcher? Matcher { get; init; }

        /// <summary>A detector to learn from beside the labels. Null: none.</summary>
        public DetectorTeacher? Teacher { get; init; }

        /// <summary>The head that is trained, with the loss and the matcher given here.</summary>
        internal DetectionHead Head => Detector.Head is not AnchorHead head ? Detector.Head
            : head with { Loss = Loss ?? head.Loss, Matcher = Matcher ?? head.Matcher };

        /// <summary>The options for each size of the pictures.</summary>
        internal IReadOnlyList<Options> Sized =>
            MultiScale is null ? [this] : [.. MultiScale.Of(Detector).Select(sized => this with { Detector = sized })];

        internal void Check(IReadOnlyList<string> classes, IDataView? data = null)
        {
            Check();
            Require(MultiScale is null || !IsParted, nameof(MultiScale), MultiScale,
                $"null, as a step comes in {Accumulate} passes on {Backend.Ranks.Count} ranks");
            Require(MultiScale is null || Teacher is null, nameof(MultiScale), MultiScale, $"null with a {nameof(Teacher)}, whose "
                + "pictures have one size");
            CheckHead();
            Teacher?.Check(Detector);
            // Without rows the classes may be missing too, which is not what is wrong.
            if (data is not null)
                Rows.Demand(data, ValidationSet);
            if (new ClassDifference("detector", Detector.Classes, classes) is { IsNone: false } difference)
                throw difference.Error();
            if (ValidationSet is not null && Columns.ClassesOf(ValidationSet.Schema, Detector.Classes).All(c => c < 0))
                throw new ClassDifference("detector", Detector.Classes, Columns.ClassNames(ValidationSet.Schema))
                    .Error(nameof(ValidationSet));
        }

        /// <summary>Refuses a teacher where steps are taken elsewhere.</summary>
        internal void RefuseTeacher(string where) => Require(Teacher is null, nameof(Teacher), Teacher?.Detector.Model.Path,
            $"null: {where} hold the student's step alone; train with a teacher here");

        private void CheckHead()
        {
            var background = Detector.Decoder.BackgroundClass is not null;
            if (Head is not AnchorHead head)
                Require(Loss is null && Matcher is null, Loss is null ? nameof(Matcher) : nameof(Loss),
                    Loss as object ?? Matcher, $"null: a {Head.Kind} head carries its own, set it in Detector.Head");
            else if (head.EffectiveLoss is var loss && loss.HasBackgroundChannel != background)
                throw new ArgumentException(
                    $"{loss.GetType().Name} needs a class head {(background ? "without" : "with")} a background column;"
                    + " import the detector accordingly (HasBackground), or choose the other loss.");
        }
    }
}
