namespace MLNet.Detection.Evaluation;

/// <summary>What is wrong with a detection, or that there is none.</summary>
public enum ErrorKind
{
    /// <summary>At the place of an object, but of another category.</summary>
    Classification,

    /// <summary>Of an object's category, but beside it.</summary>
    Localization,

    /// <summary>Beside an object of another category.</summary>
    Both,

    /// <summary>Right, but a detection of a higher score has found the object already.</summary>
    Duplicate,

    /// <summary>Where no object is.</summary>
    Background,

    /// <summary>An object that no detection would find if its category or place were put right.</summary>
    Missed,
}
