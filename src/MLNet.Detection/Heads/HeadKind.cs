
namespace MLNet.Detection.Heads;

/// <summary>Families of detection heads that can be trained: what raw values mean, what a place learns.</summary>
public enum HeadKind
{
    /// <summary>
    /// SSD: softmax over the classes with background, boxes as deltas of anchors. Liu et al. 2016,
    /// https://arxiv.org/abs/1512.02325
    /// </summary>
    Ssd,

    /// <summary>
    /// RetinaNet: one sigmoid a class without background, boxes as deltas of anchors. Lin et al. 2017,
    /// https://arxiv.org/abs/1708.02002
    /// </summary>
    RetinaNet,

    /// <summary>
    /// FCOS: one sigmoid a class and a centerness for each point of a grid, boxes as distances to the four sides. Tian
    /// et al. 2019, https://arxiv.org/abs/1904.01355
    /// </summary>
    Fcos,

    /// <summary>
    /// YOLOX: classes, objectness and a box for each cell of a grid, assigned by SimOTA on the predictions. Ge et al.
    /// 2021, https://arxiv.org/abs/2107.08430
    /// </summary>
    Yolox,

    /// <summary>
    /// YOLO with anchors, as in YOLOv5: classes, objectness and a box for each anchor of each cell, matched by the
    /// ratio of sides. https://docs.ultralytics.com/yolov5/tutorials/architecture_description
    /// </summary>
    Yolo,

    /// <summary>
    /// YOLOv8 and its relatives: classes and, for each side of the box, a distribution over distances for each cell of
    /// a grid, assigned by task alignment with the predictions. Feng et al. 2021, https://arxiv.org/abs/2108.07755
    /// </summary>
    Yolov8,

    /// <summary>
    /// DETR: a set of predictions, each of one object or of none, matched one to one at least cost. Carion et al. 2020,
    /// https://arxiv.org/abs/2005.12872
    /// </summary>
    Detr,

    /// <summary>
    /// Any dense head by its description (<see cref="DenseHead"/>): SCRFD, NanoDet, PicoDet, YuNet, RTMDet, FastestDet,
    /// BlazeFace and whatever else predicts boxes for the cells of maps.
    /// </summary>
    Dense,

    /// <summary>
    /// Faster R-CNN and its relatives: regions are proposed, and a second stage looks at them. Ren et al. 2015,
    /// https://arxiv.org/abs/1506.01497
    /// </summary>
    TwoStage,
}
