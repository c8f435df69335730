#!/usr/bin/env bash
# torchvision 0.14.1 (PyTorch 1.13.1), Faster R-CNN exported to ONNX, in ONNX Runtime 1.30.0 (npm onnxruntime-node): a picture in
# which no proposal reaches the score that the network asks of one (0.05 in fasterrcnn_mobilenet_v3_large_320_fpn) ends the run
# with an error of Reshape, "requested shape:{0,-1}". In PyTorch the same picture has no objects: BoxCoder.decode reshapes only if
# there are boxes, and tracing takes that condition for true. With random weights nobody meets it; a trained network does,
# in every empty picture.
# Seen: with proposals both give objects; without, PyTorch gives 0 and ONNX Runtime the error.
# Exits with 1 when that changes; with 2 where Node.js or this torchvision (Debian: python3-torchvision) is missing.
set -euo pipefail
python=${PYTHON:-/usr/bin/python3}
if ! command -v node >/dev/null || [ "$("$python" -c 'import torchvision; print(torchvision.__version__.split("+")[0].split("a")[0])' 2>/dev/null)" != 0.14.1 ]; then
    echo "needs Node.js, and torchvision 0.14.1 in PYTHON ($python)"
    exit 2
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts onnxruntime-node@1.30.0
cat > export.py <<'PY'
import math, warnings
import torch
from torchvision.models.detection import fasterrcnn_mobilenet_v3_large_320_fpn

warnings.filterwarnings("ignore")
torch.manual_seed(0)
net = fasterrcnn_mobilenet_v3_large_320_fpn(weights=None, weights_backbone=None, num_classes=3, box_score_thresh=0).eval()
largest = []
net.rpn.head.register_forward_hook(lambda module, inputs, outputs: largest.append(max(map.max().item() for map in outputs[0])))
pictures = [torch.rand(3, 320, 320), torch.zeros(3, 320, 320)]
with torch.no_grad():
    for picture in pictures:
        net([picture])
    if largest[0] < largest[1]:
        pictures.reverse()
    # Two to either side of the score 0.05: the first picture has proposals, the second none, as with trained weights.
    head, scale = net.rpn.head.cls_logits, 4 / abs(largest[0] - largest[1])
    head.weight *= scale
    head.bias += math.log(0.05 / 0.95) - scale * sum(largest) / 2
    counts = [len(net([picture])[0]["boxes"]) for picture in pictures]
torch.onnx.export(net, ([pictures[0]],), "net.onnx", opset_version=11, input_names=["image"], output_names=["boxes", "labels", "scores"])
for name, picture in zip(("some", "none"), pictures):
    open(name, "wb").write(picture.numpy().tobytes())
print("PyTorch:", *counts)
PY
cat > run.mjs <<'JS'
import { readFileSync } from 'node:fs';
import ort from 'onnxruntime-node';

const session = await ort.InferenceSession.create('net.onnx', { logSeverityLevel: 4 });
async function run(name) {
    const pixels = new Float32Array(new Uint8Array(readFileSync(name)).buffer);
    try {
        const found = await session.run({ image: new ort.Tensor('float32', pixels, [3, 320, 320]) }, { logSeverityLevel: 4 });
        return `${found.scores.dims[0]}`;
    } catch (error) {
        return /Reshape.*\{0,-1\}/s.test(error.message) ? 'error of Reshape {0,-1}' : error.message;
    }
}
console.log('ONNX Runtime:', await run('some'), '|', await run('none'));
JS
"$python" export.py 2>/dev/null | tee pytorch
node run.mjs | tee runtime
grep -qE '^PyTorch: [1-9][0-9]* 0$' pytorch && grep -qE '^ONNX Runtime: [1-9][0-9]* \| error of Reshape \{0,-1\}$' runtime
