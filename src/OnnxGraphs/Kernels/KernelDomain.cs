using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace OnnxGraphs.Kernels;

/// <summary>The kernels of one session, as operators of a domain. Must be disposed after the session.</summary>
internal sealed unsafe class KernelDomain : IDisposable
{
    public const string Name = "detection.mlnet";

    private readonly List<BoundKernel> _kernels = [];
    private readonly OrtFunctions _functions;
    private readonly void* _domain;

    public KernelDomain(IReadOnlyList<Kernel> kernels, OrtFunctions functions)
    {
        _functions = functions;
        _domain = functions.CreateDomain(Name);
        foreach (var (i, kernel) in kernels.Index())
        {
            var bound = new BoundKernel(kernel, Operator(kernel, i), functions);
            _kernels.Add(bound);
            functions.AddOperator(_domain, bound.Operator);
        }
    }

    /// <summary>Operator type of a session's i-th kernel.</summary>
    public static string Operator(Kernel kernel, int i) => $"{kernel.Name}_{i}";

    /// <summary>The number of the kernel that an operator type stands for.</summary>
    public static int Number(string op) => int.Parse(op.AsSpan(op.LastIndexOf('_') + 1), CultureInfo.InvariantCulture);

    /// <summary>Makes the kernels known to sessions with these options.</summary>
    public void AddTo(SessionOptions options) => _functions.AddDomain(options.DangerousGetHandle(), _domain);

    public void Dispose()
    {
        _functions.ReleaseDomain(_domain);
        foreach (var kernel in _kernels)
            kernel.Dispose();
    }
}
