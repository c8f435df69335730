using Google.Protobuf;
using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Ops;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Tests;

/// <summary>
/// 20,000 damaged models: each is read, or refused with this library's own exception. A failure names the number that
/// draws the damage again.
/// </summary>
[TestClass]
public sealed class FuzzTests
{
    private const int Mutations = 20_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("fuzz-").FullName;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void DamagedModelsAreReadOrRefused()
    {
        var models = FuzzModels.All().Select(model => (Proto: model.Proto, Bytes: model.ToBytes())).ToList();
        var (read, failures) = (0, new List<string>());
        Parallel.For(0, Mutations, new() { MaxDegreeOfParallelism = Environment.ProcessorCount }, number =>
        {
            var random = new Random(number);
            var (proto, bytes) = models[number % models.Count];
            var damaged = random.Next(2) == 0 ? Mutation.OfBytes(bytes, random) : Mutation.OfMeaning(proto, random);
            try
            {
                Use(damaged, Path.Combine(_folder, $"{number % 64}-{Environment.CurrentManagedThreadId}.onnx"));
                Interlocked.Increment(ref read);
            }
            catch (Exception error) when (error is ModelException or GraphException) { }
            catch (Exception error)
            {
                lock (failures)
                    failures.Add($"mutation {number} of model {number % models.Count}: {error}");
            }
        });
        Assert.IsEmpty(failures, string.Join("\n\n", failures.Take(3)));
        // Damage that always kills would test only the parser; damage that never does, nothing.
        Assert.IsGreaterThan(Mutations / 20, read);
        Assert.IsLessThan(Mutations * 19 / 20, read);
    }

    private static void Use(byte[] bytes, string path)
    {
        File.WriteAllBytes(path, bytes);
        var model = OnnxModel.Load(path);
        var weights = TrainableWeights.Of(model, model.OutputNames);
        var graph = new Graph();
        var values = GraphReader.Read(model, graph, model.OutputNames, new() { IsParameter = weights.Contains });
        var loss = values.Where(y => y.Type.IsFloat()).Select(y => Op.Cast(Op.SumAll(y), ElementType.Float32))
            .Aggregate(graph.Constant(Tensor.Scalar(ElementType.Float32, 0)), (a, b) => a + b);
        var gradients = Gradient.Of(loss, [.. weights.Select(graph.Find).OfType<Var>()]);
        GraphWriter.Write([loss, .. gradients]).ToBytes();
    }
}
