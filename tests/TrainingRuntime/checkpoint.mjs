// Writes a checkpoint of the official schema by FlatBuffers' own builder: node checkpoint.mjs <path>.
import { writeFileSync } from 'node:fs';
import { flatbuffers } from 'flatbuffers/js/flatbuffers.mjs';

const builder = new flatbuffers.Builder(16);
const vector = offsets => {
    builder.startVector(4, offsets.length, 4);
    offsets.toReversed().forEach(offset => builder.addOffset(offset));
    return builder.endVector();
};
// A table from its fields by slot: each adds itself, in an order that the schema leaves open.
const table = (...fields) => {
    builder.startObject(fields.length);
    fields.forEach((add, slot) => add?.(slot));
    return builder.endObject();
};
const offset = value => slot => builder.addFieldOffset(slot, value, 0);
const int64 = value => slot => builder.addFieldInt64(slot, builder.createLong(value, 0), builder.createLong(0, 0));
const text = value => offset(builder.createString(value));

function tensor(name, dims, values) {
    builder.startVector(8, dims.length, 8);
    dims.toReversed().forEach(dim => builder.addInt64(builder.createLong(dim, 0)));
    const shape = builder.endVector();
    const data = builder.createString(new Uint8Array(Float32Array.from(values).buffer));
    const label = builder.createString(name);
    return table(offset(label), null, offset(shape), slot => builder.addFieldInt32(slot, 1, 0), offset(data));
}

const trained = vector([tensor('layer.weight', [2, 2], [1, 2, 3, 4]), tensor('layer.bias', [2], [-1, 0.5])]);
const module = table(offset(trained), offset(vector([])), null, null);
const momentums = vector([tensor('momentum1', [2], [7, 8]), tensor('momentum0', [2], [5, 6])]);
const states = vector([table(text('layer.bias'), offset(momentums))]);
const group = table(text('group0'), int64(41), slot => builder.addFieldFloat32(slot, 0.25, 0), offset(states));
const groups = vector([group]);
const epoch = vector([table(text('epoch'), int64(3))]);
const properties = table(offset(epoch), null, null);
const root = table(slot => builder.addFieldInt32(slot, 2, 0), offset(module), offset(groups), offset(properties));
builder.finish(root, 'ODTC');
writeFileSync(process.argv[2], builder.asUint8Array());
