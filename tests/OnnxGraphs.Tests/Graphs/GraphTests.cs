using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class GraphTests
{
    [TestMethod]
    public void EqualConstantsAreShared()
    {
        var graph = new Graph();
        Assert.AreSame(graph.Constant(1, 2), graph.Constant(1, 2));
        Assert.AreNotSame(graph.Constant(1, 2), graph.Constant(Tensor.Vector(1, 2)));
        Assert.AreNotSame(graph.Constant(Tensor.Vector(1f)), graph.Constant(Tensor.Scalar(ElementType.Float32, 1)));
    }

    [TestMethod]
    public void ValuesAreFoundByName()
    {
        var graph = new Graph();
        var x = graph.Input("x", 2);
        var y = graph.Output("y", x * 2f);
        Assert.AreSame(y, graph.Find("y"));
        Assert.IsNull(graph.Find("z"));
        Assert.AreEqual("y", string.Join(" ", graph.Outputs.Select(output => output.Name)));
    }

    // A name of the model's own may look like one that the graph makes up.
    [TestMethod]
    public void MadeUpNamesAvoidGivenOnes()
    {
        var graph = new Graph();
        var x = graph.Input("x", 2);
        graph.Input("Exp_0", 2);
        Assert.AreNotEqual("Exp_0", Op.Exp(x).Name);
    }

    [TestMethod]
    public void WhatDependsOnNoInputIsKnown()
    {
        var graph = new Graph();
        var x = graph.Input("x", 2, 3);
        var known = Op.Exp(graph.Constant(Tensor.Vector(0f, 1f))) * 2f;
        Close.AreEqual(Tensor.Vector(2f, 2 * MathF.E), known.TryConstant()!, 1e-6f);
        Assert.IsNull((x + 1f).TryConstant());
        Assert.IsNull(x.TryConstant());
        CollectionAssert.AreEqual((long[])[2, 3], Op.Apply("Shape", [x]).TryConstant()!.ToInt64());
        Close.AreEqual(Tensor.Vector(0f, 1f), Op.Detach(graph.Constant(Tensor.Vector(0f, 1f))).TryConstant()!, 0);
    }

    [TestMethod]
    public void NumbersNextToValuesTakeTheirType()
    {
        var graph = new Graph();
        var whole = graph.Input("whole", ElementType.Int64, new(2));
        Assert.AreEqual(ElementType.Int64, (whole * 3f).Type);
        Assert.AreSame(whole, whole * 1f);
        Assert.AreSame(whole, whole + 0f);
        Assert.AreSame(whole, whole / 1f);
    }

    [TestMethod]
    public void AttributesOfEqualContentAreEqualText()
    {
        var a = new Attributes { { "pads", (long[])[1, 2] }, { "auto", "no" }, { "alpha", 0.5f },
            { "t", Tensor.Vector(1f) } };
        var b = new Attributes { { "t", Tensor.Vector(1f) }, { "alpha", 0.5f }, { "auto", "no" },
            { "pads", (long[])[1, 2] } };
        Assert.AreEqual(a.ToString(), b.ToString());
        Assert.AreNotEqual(a.ToString(), b.With("t", Tensor.Vector(2f)).ToString());
        Assert.AreNotEqual(a.ToString(), b.With("pads", (long[])[1, 3]).ToString());
        Assert.AreEqual(0.5f, b.With("alpha", 0.5f).Float("alpha", 0));
    }
}
