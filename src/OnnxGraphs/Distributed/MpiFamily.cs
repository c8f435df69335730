namespace OnnxGraphs.Distributed;

/// <summary>Whose binary interface an MPI library has: there are three.</summary>
public enum MpiFamily
{
    /// <summary>Open MPI: handles are addresses of symbols.</summary>
    OpenMpi,

    /// <summary>MPICH, Intel MPI, MVAPICH, Cray MPICH and Microsoft MPI: handles are numbers.</summary>
    Mpich,

    /// <summary>The standard interface of MPI 5, which libraries offer beside their own: numbers too, others.</summary>
    Standard,
}
