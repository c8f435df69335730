namespace MLNet.Detection.Scoring;

/// <summary>What turns the class outputs of a model into probabilities.</summary>
public enum ClassActivation
{
    /// <summary>Each class for itself: RetinaNet, FCOS, YOLO.</summary>
    Sigmoid,

    /// <summary>Over the classes of an anchor, background among them: SSD, Fast R-CNN.</summary>
    Softmax,

    /// <summary>Nothing: the model's outputs are probabilities already.</summary>
    None,
}
