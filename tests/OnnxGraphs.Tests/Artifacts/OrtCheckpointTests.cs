using System.Text;
using OnnxGraphs.Artifacts;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Artifacts;

[TestClass]
public sealed class OrtCheckpointTests
{
    private static readonly OrtCheckpoint Example = new(new Dictionary<string, Tensor>
    {
        ["layer.weight"] = Tensor.Of<float>(new(2, 3), [1, -2.5f, float.NaN, float.MaxValue, -0f, 1e-45f]),
        ["ünusual \"name\""] = Tensor.Of<float>(TensorShape.Scalar, [7]),
        ["empty"] = Tensor.Of<float>(new(0, 4), []),
    })
    {
        Frozen = new Dictionary<string, Tensor> { ["table"] = Tensor.Vector<long>(3, long.MinValue) },
        Optimizer = new(41, 0.25f, new Dictionary<string, IReadOnlyList<Tensor>>
        {
            ["layer.weight"] = [Tensor.Filled(new(2, 3), 1), Tensor.Filled(new(2, 3), 2)],
        }),
        Properties = new Dictionary<string, object>
        {
            ["epoch"] = 3L, ["best"] = 0.5f, ["data"] = "cells", ["note"] = "",
        },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("checkpoint-").FullName;

    private string File => Path.Combine(_folder, "checkpoint");

    [TestCleanup]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void ComesBackBitForBit()
    {
        Example.Save(File);
        var back = OrtCheckpoint.Load(File);
        AreEqual(Example.Trained, back.Trained);
        AreEqual(Example.Frozen, back.Frozen);
        Assert.IsFalse(back.IsNominal);
        Assert.AreEqual(41, back.Optimizer!.Step);
        Assert.AreEqual(0.25f, back.Optimizer.InitialLearningRate);
        foreach (var (name, moments) in Example.Optimizer!.Momentums)
            foreach (var (moment, found) in moments.Zip(back.Optimizer.Momentums[name]))
                AreEqual(moment, found, name);
        CollectionAssert.AreEquivalent(Example.Properties.ToArray(), back.Properties.ToArray());
        Assert.HasCount(1, Directory.GetFiles(_folder), "nothing is left beside the file");
    }

    // A builder lays tables out from the back, with other places and an order of its own.
    [TestMethod]
    public void ReadsWhatFlatBuffersOwnBuilderWrote()
    {
        NodeScript.TrainingRuntime.Run("checkpoint.mjs", File);
        var read = OrtCheckpoint.Load(File);
        CollectionAssert.AreEqual(new float[] { 1, 2, 3, 4 }, read.Trained["layer.weight"].Values<float>().ToArray());
        Assert.AreEqual(new TensorShape(2, 2), read.Trained["layer.weight"].Shape);
        CollectionAssert.AreEqual(new[] { -1, 0.5f }, read.Trained["layer.bias"].Values<float>().ToArray());
        Assert.IsEmpty(read.Frozen);
        Assert.IsFalse(read.IsNominal);
        Assert.AreEqual(41, read.Optimizer!.Step);
        Assert.AreEqual(0.25f, read.Optimizer.InitialLearningRate);
        var moments = read.Optimizer.Momentums["layer.bias"];
        CollectionAssert.AreEqual(new float[] { 5, 6 }, moments[0].Values<float>().ToArray());
        CollectionAssert.AreEqual(new float[] { 7, 8 }, moments[1].Values<float>().ToArray());
        Assert.AreEqual(3L, read.Properties["epoch"]);
    }

    [TestMethod]
    public void ANominalOneHasShapesAlone()
    {
        (Example with { Optimizer = null }).ToNominal().Save(File);
        var back = OrtCheckpoint.Load(File);
        Assert.IsTrue(back.IsNominal);
        Assert.IsNull(back.Optimizer);
        Assert.AreEqual(new TensorShape(2, 3), back.Trained["layer.weight"].Shape);
        Assert.IsEmpty(back.Trained["layer.weight"].Data);
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => back.ApplyTo(SmallNetwork.Model())).Message,
            "nominal");
    }

    [TestMethod]
    public void PutsWeightsBackIntoTheModel()
    {
        var model = SmallNetwork.Model();
        var bias = Tensor.Vector<float>(1, 2, 3, 4);
        var tuned = new OrtCheckpoint(new Dictionary<string, Tensor> { ["a.bias"] = bias }).ApplyTo(model);
        CollectionAssert.AreEqual(bias.Data, tuned.Initializers["a.bias"].ToTensor().Data);
        CollectionAssert.AreEqual(model.Initializers["z.bias"].ToTensor().Data,
            tuned.Initializers["z.bias"].ToTensor().Data);
        Assert.AreNotEqual(bias.Values<float>()[0], model.Initializers["a.bias"].ToTensor().Values<float>()[0]);
    }

    [TestMethod]
    [DataRow("a.bios", 4, "'a.bios' is not in the model. Nearest names: 'a.bias'")]
    [DataRow("a.bias", 5, "'a.bias' is [4], the checkpoint has Float32 [5]")]
    public void NamesAWeightThatTheModelLacks(string name, int size, string message)
    {
        var foreign = new OrtCheckpoint(new Dictionary<string, Tensor> { [name] = Tensor.Filled(new(size), 1) });
        StringAssert.Contains(
            Assert.ThrowsExactly<ModelException>(() => foreign.ApplyTo(SmallNetwork.Model())).Message, message);
    }

    [TestMethod]
    public void GoesToOurFormAndBack()
    {
        var layout = ParameterLayout.Of(SmallNetwork.Model(), ["middle.weight", "z.bias"]);
        var random = new RandomTensors();
        var own = new Checkpoint(5, layout, new[] { "training/parameters", "training/first_moment",
            "training/second_moment" }.ToDictionary(
                name => name, _ => random.Normal(layout.Size).Values<float>().ToArray()))
        {
            Notes = new Dictionary<string, string> { ["epochs"] = "20" },
        };
        own.ToOrt(new AdamW()).Save(File);
        var back = OrtCheckpoint.Load(File).ToCheckpoint(layout, new AdamW());
        Assert.AreEqual(5, back.Step);
        CollectionAssert.AreEqual(own.Notes.ToArray(), back.Notes.ToArray());
        foreach (var (name, values) in own.Vectors)
            CollectionAssert.AreEqual(values, back.Vectors[name], name);
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => own.ToOrt(new Sgd())).Message,
            "training/momentum");
        var wider = ParameterLayout.Of(SmallNetwork.Model(), ["middle.weight", "z.bias", "a.bias"]);
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(
            () => OrtCheckpoint.Load(File).ToCheckpoint(wider, new AdamW())).Message, "nothing for 'a.bias'");
    }

    [TestMethod]
    public void WithoutOptimizerStateStepsCountFromZero()
    {
        var layout = ParameterLayout.Of(SmallNetwork.Model(), ["z.bias"]);
        var own = OrtCheckpoint.Of(SmallNetwork.Model(), layout).ToCheckpoint(layout, new AdamW());
        Assert.AreEqual(0, own.Step);
        CollectionAssert.AreEqual(new float[layout.Size], own.Vectors["training/second_moment"]);
    }

    [TestMethod]
    public void NamesAFileThatIsMissing() => Fails("no such checkpoint");

    [TestMethod]
    public void NamesAFileOfAnotherKind()
    {
        SmallNetwork.Model().Save(File);
        Fails("its identifier is not 'ODTC'");
    }

    [TestMethod]
    public void NamesAnotherVersion()
    {
        var bytes = Example.ToBytes();
        // The version is the first number of the root table.
        bytes[BitConverter.ToInt32(bytes) + sizeof(int)] = 1;
        System.IO.File.WriteAllBytes(File, bytes);
        Fails("version 1, expected 2");
    }

    [TestMethod]
    public void NamesAFileThatIsTruncated()
    {
        var bytes = Example.ToBytes();
        System.IO.File.WriteAllBytes(File, bytes[..100]);
        Fails("not a checkpoint of ONNX Runtime's training, or not a complete one");
        for (var length = 0; length < bytes.Length - 8; length++)
            Assert.ThrowsExactly<ModelException>(() => OrtCheckpoint.Parse(bytes.AsMemory(0, length)), $"{length}");
    }

    // Whatever is damaged: a message, or a checkpoint of consistent tensors.
    [TestMethod]
    public void SurvivesDamage()
    {
        var (random, whole, refused) = (new Random(7), Example.ToBytes(), 0);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = whole.ToArray();
            for (var hits = random.Next(1, 4); hits > 0; hits--)
                Damage(bytes, random);
            try
            {
                var read = OrtCheckpoint.Parse(bytes);
                Assert.IsTrue(read.IsNominal
                    || read.Trained.Values.All(t => t.Data.Length == t.Shape.Size * t.Type.Size()));
            }
            catch (ModelException)
            {
                refused++;
            }
        }
        Assert.IsGreaterThan(2_000, refused);
        Assert.IsLessThan(20_000, refused);
    }

    // Three kinds: one byte, a small number where a place may stand, a large one.
    private static void Damage(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length - sizeof(int));
        switch (random.Next(3))
        {
            case 0: bytes[at] = (byte)random.Next(256); break;
            case 1: BitConverter.TryWriteBytes(bytes.AsSpan(at & ~3), random.Next(bytes.Length)); break;
            default: BitConverter.TryWriteBytes(bytes.AsSpan(at & ~3), random.Next(int.MinValue, int.MaxValue)); break;
        }
    }

    private void Fails(string message)
    {
        var error = Assert.ThrowsExactly<ModelException>(() => OrtCheckpoint.Load(File));
        StringAssert.StartsWith(error.Message, File);
        StringAssert.Contains(error.Message, message);
    }

    private static void AreEqual(
        IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> found)
    {
        CollectionAssert.AreEquivalent(expected.Keys.ToArray(), found.Keys.ToArray());
        foreach (var (name, tensor) in expected)
            AreEqual(tensor, found[name], name);
    }

    private static void AreEqual(Tensor expected, Tensor found, string name)
    {
        Assert.AreEqual(expected.Type, found.Type, name);
        Assert.AreEqual(expected.Shape, found.Shape, name);
        CollectionAssert.AreEqual(expected.Data, found.Data, name);
    }
}
