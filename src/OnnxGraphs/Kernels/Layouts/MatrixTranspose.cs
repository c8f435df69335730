using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Layouts;

/// <summary>
/// A Transpose that is one of matrices, a number of them one behind the other: neighbouring axes change places as a
/// whole, as where maps [N, A, K, H, W] of a detector's head become rows [N, H, W, A, K].
/// </summary>
internal sealed unsafe class MatrixTranspose : Kernel
{
    private const int ColumnsOfPiece = 64;

    private readonly InnerLoops _loops;
    private readonly MatrixForm _form;

    public MatrixTranspose(TensorShape input, TensorShape output, MatrixForm form, InnerLoops loops) : base("Transpose",
        [new(ElementType.Float32, input)], [new(ElementType.Float32, output)]) => (_loops, _form) = (loops, form);

    private int PiecesOfMatrix => (_form.Columns + ColumnsOfPiece - 1) / ColumnsOfPiece;

    public override void Run(ref KernelCall call) => call.ForEach(0, _form.Count * PiecesOfMatrix);

    public override void Part(in KernelCall call, int phase, int index)
    {
        var (matrix, column) = (index / PiecesOfMatrix, index % PiecesOfMatrix * ColumnsOfPiece);
        var first = (long)matrix * _form.Rows * _form.Columns;
        _loops.Transpose(call.Input(0) + first + column, _form.Columns, _form.Rows,
            Math.Min(ColumnsOfPiece, _form.Columns - column), call.Output(0) + first + (long)column * _form.Rows,
            _form.Rows);
    }
}
