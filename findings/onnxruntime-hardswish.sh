#!/usr/bin/env bash
# ONNX Runtime 1.30.0 (npm onnxruntime-node), CPU: HardSwish, an operator of ONNX since opset 14, has no kernel. The session puts the
# operator's definition in its place, HardSigmoid and Mul, so that a file with HardSwish takes two passes over memory where
# its HardSigmoid, Relu or Sigmoid takes none of its own, being part of the convolution, and says nothing: MobileNetV3 has it
# behind every second convolution.
# Seen in the profile of a run: Conv + HardSwish runs as "Conv HardSigmoid Mul", Conv + HardSigmoid as "Conv" alone.
# Exits with 1 when that changes; with 2 where Node.js or the onnx package for Python (Debian: python3-onnx) is missing.
set -euo pipefail
python=${PYTHON:-/usr/bin/python3}
if ! command -v node >/dev/null || ! "$python" -c 'import onnx' 2>/dev/null; then
    echo "needs Node.js, and onnx in PYTHON ($python)"
    exit 2
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts onnxruntime-node@1.30.0
cat > export.py <<'PY'
from onnx import TensorProto, checker, helper, save

weights = helper.make_tensor("w", TensorProto.FLOAT, [8, 3, 3, 3], [0.01 * i for i in range(216)])
image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 32, 32])
result = helper.make_tensor_value_info("result", TensorProto.FLOAT, [1, 8, 30, 30])
for activation in ("HardSwish", "HardSigmoid"):
    nodes = [helper.make_node("Conv", ["image", "w"], ["c"]), helper.make_node(activation, ["c"], ["result"])]
    model = helper.make_model(helper.make_graph(nodes, "g", [image], [result], [weights]),
                              opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    checker.check_model(model)
    save(model, f"{activation}.onnx")
PY
cat > run.mjs <<'JS'
import { readFileSync, readdirSync } from 'node:fs';
import ort from 'onnxruntime-node';

for (const activation of ['HardSwish', 'HardSigmoid']) {
    const session = await ort.InferenceSession.create(`${activation}.onnx`, { enableProfiling: true, profileFilePrefix: activation });
    await session.run({ image: new ort.Tensor('float32', new Float32Array(3 * 32 * 32).fill(1), [1, 3, 32, 32]) });
    session.endProfiling();
    const file = readdirSync('.').find(name => name.startsWith(`${activation}_`) && name.endsWith('.json'));
    const ran = JSON.parse(readFileSync(file, 'utf8')).filter(event => event.name.endsWith('_kernel_time')).map(event => event.args.op_name);
    console.log(`Conv + ${activation}:`, ran.filter(op => !op.startsWith('Reorder')).join(' '));
}
JS
"$python" export.py
node run.mjs | tee ran
grep -qE '^Conv \+ HardSwish: Conv HardSigmoid Mul$' ran && grep -qE '^Conv \+ HardSigmoid: (FusedConv|Conv)$' ran
