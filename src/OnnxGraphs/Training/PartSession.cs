using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Rewrites;
using OnnxGraphs.Sessions;

namespace OnnxGraphs.Training;

/// <summary>One of the sessions of a step in parts, with a binding for each place that its data lies in.</summary>
/// <param name="session">The session.</param>
internal sealed class PartSession(GraphSession session) : IDisposable
{
    private readonly RunOptions _options = new();
    private readonly Dictionary<(int Turn, int Set, bool First), OrtIoBinding> _bindings = [];

    /// <summary>The session.</summary>
    public GraphSession Graph => session;

    /// <summary>Runs it.</summary>
    /// <param name="place">Where the data lies, and whether it is the first part; what is bound is always the same for a
    /// place.</param>
    /// <param name="value">Finds what an input or output is bound to by its name.</param>
    public void Run((int Turn, int Set, bool First) place, Func<string, OrtValue> value)
    {
        if (!_bindings.TryGetValue(place, out var binding))
        {
            _bindings[place] = binding = session.Session.CreateIoBinding();
            foreach (var name in session.Session.InputNames.Except(session.Views.Select(view => view.Input.Name)))
                binding.BindInput(name, value(name));
            VectorView.Bind(binding, session.Views, value);
            foreach (var name in session.Session.OutputNames)
                binding.BindOutput(name, value(name));
        }
        session.Session.RunWithBinding(_options, binding);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var binding in _bindings.Values)
            binding.Dispose();
        _options.Dispose();
        session.Dispose();
    }
}
