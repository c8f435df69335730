using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

/// <summary>What lets an expression on <see cref="Var"/> read like its formula: operators, with numbers too.</summary>
public static class Algebra
{
    extension(Var)
    {
        /// <summary>Elementwise sum, broadcast.</summary>
        public static Var operator +(Var a, Var b) => Op.Add(a, b);

        /// <summary>Elementwise difference, broadcast.</summary>
        public static Var operator -(Var a, Var b) => Op.Sub(a, b);

        /// <summary>Elementwise product, broadcast.</summary>
        public static Var operator *(Var a, Var b) => Op.Mul(a, b);

        /// <summary>Elementwise quotient, broadcast.</summary>
        public static Var operator /(Var a, Var b) => Op.Div(a, b);

        /// <summary>Elementwise negation.</summary>
        public static Var operator -(Var a) => Op.Neg(a);

        /// <summary>Sum with a number.</summary>
        public static Var operator +(Var a, float b) => b == 0 ? a : a + a.Like(b);

        /// <summary>Sum with a number.</summary>
        public static Var operator +(float a, Var b) => b + a;

        /// <summary>Difference to a number.</summary>
        public static Var operator -(Var a, float b) => b == 0 ? a : a - a.Like(b);

        /// <summary>Difference of a number.</summary>
        public static Var operator -(float a, Var b) => b.Like(a) - b;

        /// <summary>Product with a number.</summary>
        public static Var operator *(Var a, float b) => b == 1 ? a : a * a.Like(b);

        /// <summary>Product with a number.</summary>
        public static Var operator *(float a, Var b) => b * a;

        /// <summary>Quotient by a number.</summary>
        public static Var operator /(Var a, float b) => b == 1 ? a : a / a.Like(b);

        /// <summary>Quotient of a number.</summary>
        public static Var operator /(float a, Var b) => b.Like(a) / b;
    }
}
