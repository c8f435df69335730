using Microsoft.ML;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Heads;
using MLNet.Detection.Training;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Training;

/// <summary>What a detector learns from another one: by its formulas, place by place or by boxes.</summary>
[TestClass]
public sealed class TeacherTests
{
    private static readonly Random Chance = new(4);

    [TestMethod, DynamicData(nameof(HeadCase.All), typeof(HeadCase))]
    public void A_student_that_equals_its_teacher_has_nothing_to_learn_of_it(object row)
    {
        var detector = ((HeadCase)row).Load();
        var (alone, taught) = (FirstTerms(detector, null), FirstTerms(detector, new(detector) { Temperature = 2 }));
        Assert.AreEqual(0, taught["teacher_classes"], 1e-5);
        Assert.AreEqual(0, taught["teacher_boxes"], 1e-5);
        CollectionAssert.AreEquivalent(new[] { "teacher_boxes", "teacher_classes" }, taught.Keys.Except(alone.Keys).ToArray());
        foreach (var (name, term) in alone)
            Assert.AreEqual(term, taught[name], 1e-5 * Math.Abs(term), name);
    }

    // The teacher takes other pixels: blue first, and ImageNet's.
    [TestMethod]
    [DataRow("retinanet", 1f)]
    [DataRow("ssd", 3f)]
    public void Values_are_followed_by_the_formulas(string head, float temperature)
    {
        var student = HeadCase.Of(head).Load();
        var teacher = Moved(student) with { Normalization = Normalization.ImageNet with { Order = ChannelOrder.Bgr } };
        var terms = FirstTerms(student, new(teacher) { Weight = 0.5f, Temperature = temperature });
        var ((x, xBoxes), (t, tBoxes)) = (Raw(student), Raw(teacher));
        var (softmax, columns) = (head == "ssd", student.ClassColumns);
        var (divergence, difference, sum) = (0.0, 0.0, 0.0);
        for (var place = 0; place < x.Length / columns; place++)
        {
            double[] Probabilities(float[] all, float by)
            {
                var logits = all.Skip(place * columns).Take(columns).Select(v => (double)v / by).ToArray();
                return softmax ? [.. logits.Select(v => Math.Exp(v) / logits.Sum(Math.Exp))]
                    : [.. logits.Select(v => 1 / (1 + Math.Exp(-v)))];
            }
            var (p, q) = (Probabilities(t, temperature), Probabilities(x, temperature));
            divergence += temperature * temperature * p.Zip(q, (a, b) => a * Math.Log(a / b)
                + (softmax ? 0 : (1 - a) * Math.Log((1 - a) / (1 - b)))).Sum();
            var confidence = Probabilities(t, 1).Skip(softmax ? 1 : 0).Max();
            sum += confidence;
            difference += confidence * Enumerable.Range(4 * place, 4).Sum(i => Math.Abs((double)xBoxes[i] - tBoxes[i]));
        }
        Assert.IsGreaterThan(1, sum);
        Assert.AreEqual(0.5 * divergence / sum, terms["teacher_classes"], 1e-3 * divergence / sum);
        Assert.AreEqual(0.5 * difference / sum, terms["teacher_boxes"], 1e-3 * difference / sum);
    }

    // sum (s - t)^2 / sum t^2 of the maps that the last layers read, the mean over the maps.
    [TestMethod]
    [DataRow("retinanet")]
    [DataRow("ssd")]
    [DataRow("yolox")]
    public void Maps_before_the_last_layers_are_followed_by_the_formula(string head)
    {
        var student = HeadCase.Of(head).Load();
        var teacher = Moved(student);
        var terms = FirstTerms(student, new(teacher) { FeatureWeight = 3 });
        var names = student.RawValues.SelectMany(value => HeadMaps.Behind(student.Model, value))
            .Select(map => student.Model.Producers[map].Input[0]).Distinct().ToArray();
        var (own, taught) = (Values(student, names), Values(teacher, names));
        var expected = own.Zip(taught, (s, t) => s.Zip(t, (a, b) => ((double)a - b) * (a - b)).Sum() / t.Sum(b => (double)b * b)).Average();
        Assert.IsGreaterThan(0, expected);
        Assert.AreEqual(3 * expected, terms["teacher_features"], 1e-4 * expected);
        Assert.AreEqual(0, FirstTerms(student, new(student) { FeatureWeight = 3 })["teacher_features"], 1e-6);
    }

    [TestMethod]
    public void Maps_of_another_network_are_refused()
    {
        var (student, other) = (HeadCase.Of("retinanet").Load(), HeadCase.Of("yolov8").Load());
        foreach (var (teacher, what) in new (DetectorTeacher, string)[]
        {
            (new(other) { FeatureWeight = 1 }, "boxes are learnt"), (new(student) { FeatureWeight = -1 }, "FeatureWeight is -1"),
        })
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => FirstTerms(student, teacher)).Message, what);
    }

    [TestMethod]
    public void Its_gradient_is_that_of_differences()
    {
        var student = HeadCase.Of("retinanet").Load();
        var teacher = new DetectorTeacher(Moved(student)) { Weight = 4, Temperature = 2, FeatureWeight = 2 };
        var after = FirstStep(student, teacher, new Sgd { Momentum = 0, WeightDecay = 0 }, 1e-3f).Detector;
        // The biases of the last layers before the values, and one of the layers before.
        var weights = TrainableWeights.Of(student.Model, student.RawValues);
        foreach (var name in student.RawValues.Select(value => TrainableWeights.Of(student.Model, [value])[^1]).Append(weights[1]))
        {
            var (before, moved) = (Weights(student, name), Weights(after, name));
            var found = (before[0] - moved[0]) / 1e-3;
            double Loss(float by)
            {
                var changed = before.ToArray();
                changed[0] += by;
                return FirstTerms(With(student, name, changed), teacher).Values.Sum();
            }
            var expected = (Loss(0.02f) - Loss(-0.02f)) / 0.04;
            Assert.AreEqual(expected, found, 0.02 * Math.Abs(expected) + 1e-3, name);
        }
    }

    [TestMethod]
    public void Its_weights_stay_and_are_not_saved()
    {
        var student = HeadCase.Of("retinanet").Load();
        var teacher = Moved(student);
        var before = teacher.Model.ToBytes();
        var tuned = FirstStep(student, new(teacher), new AdamW(), 1e-2f).Detector;
        CollectionAssert.AreEqual(before, teacher.Model.ToBytes());
        CollectionAssert.AreEquivalent(student.Model.Initializers.Keys.ToArray(), tuned.Model.Initializers.Keys.ToArray());
    }

    [TestMethod]
    [DataRow("retinanet")]
    [DataRow("yolox")]
    public void Parts_of_a_batch_are_taught_as_the_whole(string head)
    {
        var student = HeadCase.Of(head).Load();
        foreach (var form in Enum.GetValues<TeacherForm>())
        {
            var teacher = new DetectorTeacher(Moved(student))
            {
                Form = form, Threshold = 0.3f, FeatureWeight = form == TeacherForm.Values ? 2 : 0,
            };
            var (whole, parts) = (Gradient(4, 1), Gradient(2, 2));
            var most = whole.Max(MathF.Abs);
            Assert.IsGreaterThan(0, most);
            foreach (var (a, b) in whole.Zip(parts))
                Assert.AreEqual(a, b, 2e-4f * most, $"{form}");

            float[] Gradient(int batch, int passes)
            {
                var options = Options(student, teacher) with
                {
                    BatchSize = batch, Accumulate = passes, Optimizer = new Sgd { Momentum = 0, WeightDecay = 0 }, LearningRate = 1,
                };
                var tuned = new FineTuneTrainer(new MLContext(1), options).Train(new DetectionDataView(HeadExport.Pictures)).Detector;
                return [.. TrainableWeights.Of(student.Model, student.RawValues).SelectMany(name =>
                    Weights(tuned, name).Zip(Weights(student, name), (a, b) => a - b))];
            }
        }
    }

    // What it finds, as labels of a run of their own, gives the same loss.
    [TestMethod]
    [DataRow("retinanet", "yolov8")]
    [DataRow("yolox", "ssd")]
    [DataRow("detr", "retinanet")]
    public void Boxes_of_another_architecture_are_labels(string head, string other)
    {
        var student = HeadCase.Of(head).Load();
        var teacher = HeadCase.Of(other).Load() with { Classes = ["bar", "box", "disc"] };
        var pictures = HeadExport.Decoded();
        using var detector = new Detector(teacher, 1);
        var found = detector.Detect(pictures);
        var threshold = found.SelectMany(objects => objects).Select(one => one.Score).OrderDescending().ElementAt(9);
        var names = HeadExport.Classes.ToList();
        var labelled = new DetectionDataset(HeadExport.Pictures.Source, HeadExport.Pictures.Categories,
            HeadExport.Pictures.Images.Zip(found, (image, objects) => image with
            {
                Boxes = [.. objects.Where(one => one.Score >= threshold).Select(one => (one with { Box = one.Box.Clip(64, 64) }))
                    .Where(one => one.Box.IsProper)
                    .Select(one => new LabeledBox(one.Box, names.IndexOf(teacher.Classes[one.Class]), one.Box.Area))],
            }));
        var expected = FirstTerms(student, null, labelled);
        var terms = FirstTerms(student, new(teacher) { Threshold = threshold, Weight = 2 });
        foreach (var (name, term) in expected)
            Assert.AreEqual(2 * term, terms["teacher_" + name], 1e-4 * Math.Abs(term) + 1e-6, name);
        foreach (var (name, term) in FirstTerms(student, null))
            Assert.AreEqual(term, terms[name], 1e-5 * Math.Abs(term), name);
    }

    [TestMethod]
    public void What_cannot_teach_is_named()
    {
        var student = HeadCase.Of("retinanet").Load();
        Refused(new(student) { Weight = 0 }, "Options.Teacher: Weight is 0; expected a number above 0");
        Refused(new(student) { Temperature = -1 }, "Temperature is -1");
        Refused(new(student) { Threshold = 1 }, "Threshold is 1");
        Refused(new(student with { Classes = ["box", "disc", "ring"] }), "does not know the class 'bar'; its classes are box, disc, ring");
        Refused(Values(student with { Classes = ["box", "bar", "disc"] }), "has the classes box, bar, disc");
        Refused(Values(student with { Resize = new(96, 64) }), "has pictures of 96 x 64, the detector 64 x 64");
        Refused(Values(HeadCase.Of("fcos").Load()), "has a head of the kind Fcos, the detector one of RetinaNet");
        Refused(Values(student with { Anchors = [.. student.Anchors.Skip(1), new Box(0, 0, 1, 1)] }), "places");

        static DetectorTeacher Values(DetectorModel teacher) => new(teacher) { Form = TeacherForm.Values };

        void Refused(DetectorTeacher teacher, string message) => StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(
            () => FirstTerms(student, teacher)).Message, message);
    }

    private static FineTuneTrainer.Options Options(DetectorModel student, DetectorTeacher? teacher) => new()
    {
        Detector = student, Teacher = teacher, Epochs = 1, BatchSize = 4, LearningRate = 1e-4f, WarmUpEpochs = 0,
        Sampler = new SmallRun.InOrder(),
    };

    private static IReadOnlyDictionary<string, float> FirstTerms(
        DetectorModel student, DetectorTeacher? teacher, DetectionDataset? data = null)
    {
        IReadOnlyDictionary<string, float>? first = null;
        new FineTuneTrainer(new MLContext(1), Options(student, teacher) with { Progress = new SmallRun.Told(now => first ??= now.Terms) })
            .Train(new DetectionDataView(data ?? HeadExport.Pictures));
        return first!;
    }

    private static FineTuneResult FirstStep(DetectorModel student, DetectorTeacher teacher, Optimizer optimizer, float rate) =>
        new FineTuneTrainer(new MLContext(1), Options(student, teacher) with { Optimizer = optimizer, LearningRate = rate })
            .Train(new DetectionDataView(HeadExport.Pictures));

    // The detector with other biases of its last layers, so that it says something else.
    private static DetectorModel Moved(DetectorModel detector)
    {
        foreach (var name in TrainableWeights.Of(detector.Model, detector.RawValues))
            if (detector.Model.Initializers[name].Dims.Count == 1)
                detector = With(detector, name, [.. Weights(detector, name).Select(w => w + 0.3f * (Chance.NextSingle() - 0.3f))]);
        return detector;
    }

    private static DetectorModel With(DetectorModel detector, string name, float[] values)
    {
        var copy = detector.Model.Clone();
        var stored = copy.Initializers[name];
        copy.Proto.Graph.Initializer[copy.Proto.Graph.Initializer.IndexOf(stored)] =
            Tensor.Of<float>(new([.. stored.Dims]), values).ToProto(name);
        return detector with { Model = copy };
    }

    private static float[] Weights(DetectorModel detector, string name) =>
        detector.Model.Initializers[name].ToTensor().Values<float>().ToArray();

    private static (float[] Classes, float[] Boxes) Raw(DetectorModel detector)
    {
        var values = Values(detector, detector.ClassValue, detector.BoxValue);
        return (values[0], values[1]);
    }

    // Values of the four pictures, one picture after another.
    private static float[][] Values(DetectorModel detector, params string[] names)
    {
        var all = names.Select(_ => new List<float>()).ToArray();
        foreach (var picture in HeadExport.Decoded())
        {
            var planes = new float[3 * 64 * 64];
            detector.Normalization.Write(detector.Resize.Apply(picture).Image, planes);
            var values = Subgraph.Run(detector.Model, new Dictionary<string, Tensor>
            {
                [detector.InputName] = Tensor.Of<float>(new(1, 3, 64, 64), planes),
            }, names);
            foreach (var (name, list) in names.Zip(all))
                list.AddRange(values[name].Values<float>().ToArray());
        }
        return Array.ConvertAll(all, list => list.ToArray());
    }
}
