namespace MLNet.Detection.Training;

/// <summary>What a detector follows of its teacher.</summary>
public enum TeacherForm
{
    /// <summary>Scores and boxes of each place, which both have alike: the teacher runs inside the step.</summary>
    Values,

    /// <summary>The boxes that it finds, whatever its architecture and size: the student's own loss on them.</summary>
    Boxes,
}
