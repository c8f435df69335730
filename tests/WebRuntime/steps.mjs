// Takes steps of a page's own modules in Node.js, as a plan says: node steps.mjs plan.json result.json
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const plan = JSON.parse(readFileSync(process.argv[2])), result = {};
const module = name => import(pathToFileURL(join(plan.site, name)).href);
const bytes = path => { const read = readFileSync(path); return read.buffer.slice(read.byteOffset, read.byteOffset + read.length); };
const { Training, tunedFile } = await module('session.js');
const { choices } = await module('order.js');
const manifest = JSON.parse(readFileSync(join(plan.site, 'manifest.json')));

async function runtime() {
  if (plan.provider !== 'wasm') return createRequire(import.meta.url)('onnxruntime-node');
  const ort = await import('onnxruntime-web/wasm');
  Object.assign(ort.env.wasm, { numThreads: 1, wasmPaths: new URL('node_modules/onnxruntime-web/dist/', import.meta.url).href });
  return ort;
}

/** The flat vectors of the step, one after the other in a file. */
function state(path) {
  const all = new Float32Array(bytes(path)), vectors = manifest.step.vectors;
  let from = 0;
  return vectors.map(({ size }) => all.slice(from, from += size));
}

/** What the page fed: pixels, classes as int32, boxes, rate and number of the step. */
function note(feeds, path) {
  const parts = ['targets/classes', 'targets/boxes', 'training/learning_rate', 'training/step'].filter(name => feeds[name])
    .map(name => feeds[name].data);
  writeFileSync(path, Buffer.concat([feeds[manifest.step.images].data, ...parts.map(part =>
    part instanceof BigInt64Array ? Int32Array.from(part, Number) : part)].map(part => Buffer.from(part.buffer, part.byteOffset, part.byteLength))));
}

if (plan.choices !== undefined)
  result.choices = [...Array(plan.choices).keys()].map(step =>
    choices(manifest.step.seed, step, manifest.step.batch, manifest.data.train.length));

if (plan.states) {
  const files = { manifest, ...Object.fromEntries(Object.entries({ step: 'step.onnx', scores: 'scores.onnx', weights: 'weights.bin',
    data: 'data.bin' }).map(([name, file]) => [name, bytes(join(plan.site, file))])) };
  // Node's binding does not bring tensors of a device back: the state goes through the host there.
  const training = await Training.create(await runtime(), files, plan.provider, false, plan.options ?? {});
  result.losses = [];
  for (const [step, path] of plan.states.entries()) {
    if (step === 0 || plan.reset) training.restore(step, state(path));
    const pictures = training.batch();
    if (plan.feeds) note(training.feeds(pictures, training.rate), plan.feeds[step]);
    result.losses.push(await training.step(pictures, training.rate));
  }
  const weights = await training.weights();
  writeFileSync(join(plan.site, 'trained.bin'), Buffer.from(weights.buffer, weights.byteOffset, weights.byteLength));
  writeFileSync(join(plan.site, 'tuned.onnx'), tunedFile(manifest, bytes(join(plan.site, 'predict.onnx')), weights));
  result.found = [];
  for (const { at } of manifest.data.heldOut)
    result.found.push(await training.detect(new Uint8Array(files.data, at, 3 * manifest.input.width * manifest.input.height)));
}
writeFileSync(process.argv[3], JSON.stringify(result));
