// The worker: trains while the page stays alive. Messages in: open, start, learn, stop, save, restart. Out: ready, step,
// stopped, saved, restarted, failed.
import { Training, tunedFile } from './session.js';
import { readState, writeState } from './store.js';

const KEEP_EVERY = 10, fetched = async name => {
  const answer = await fetch(name);
  if (!answer.ok) throw new Error(`${name}: the server answers ${answer.status}; put all files of the page beside each other.`);
  return answer.arrayBuffer();
};
let training, files, stopped = false, busy = false, losses = [], before = [];

/** Threads need pages of their own process, and a runtime from the page's own server. */
const threads = runtime => self.crossOriginIsolated && runtime.origin === self.location.origin
  ? Math.min(8, Math.max(1, self.navigator.hardwareConcurrency >> 1)) : 1;

async function open(device, wanted) {
  const [manifest, step, scores, weights, data, predict] = await Promise.all(
    ['manifest.json', 'step.onnx', 'scores.onnx', 'weights.bin', 'data.bin', 'predict.onnx'].map(fetched));
  files = { manifest: JSON.parse(new TextDecoder().decode(manifest)), step, scores, weights, data, predict };
  const runtime = new URL(files.manifest.runtime, self.location.href);
  const ort = await import(new URL(device === 'webgpu' ? 'ort.webgpu.bundle.min.mjs' : 'ort.wasm.bundle.min.mjs', runtime).href);
  ort.env.wasm.wasmPaths = runtime.href;
  ort.env.wasm.numThreads = wanted || threads(runtime);
  ort.env.logLevel = 'error';
  training = await Training.create(ort, files, device);
  const kept = await readState(files.manifest.id);
  if (kept) resume(kept);
  const now = await found();
  if (!kept) before = now;
  postMessage({ type: 'ready', device, threads: ort.env.wasm.numThreads, isolated: self.crossOriginIsolated,
    steps: training.steps, losses, own: training.own, found: now, before });
}

function resume(kept) {
  training.restore(kept.steps, kept.vectors);
  training.own = kept.own;
  [losses, before] = [kept.losses, kept.before];
}

/** What the present weights find in the held-out pictures and in the user's. */
async function found() {
  const pictures = [...files.manifest.data.heldOut.map(({ at }) => pixelsAt(at)), ...training.own.map(({ pixels }) => pixels)];
  const all = [];
  for (const pixels of pictures) all.push(await training.detect(pixels));
  return all;
}

function pixelsAt(at) {
  const { width, height } = files.manifest.input;
  return new Uint8Array(files.data, at, 3 * width * height);
}

const keep = async () => writeState(files.manifest.id, {
  steps: training.steps, vectors: await training.state(), own: training.own, losses, before });

// A message that came meanwhile is handled before the next step.
const breath = () => new Promise(resolve => { const { port1, port2 } = new MessageChannel(); port1.onmessage = resolve; port2.postMessage(0); });

async function train(steps, own) {
  stopped = false;
  for (let i = 0; i < steps && !stopped; i++) {
    const begin = performance.now();
    const loss = await training.step(training.batch(own), own ? files.manifest.step.ownRate : training.rate);
    losses.push(loss);
    postMessage({ type: 'step', step: training.steps, loss, milliseconds: performance.now() - begin });
    if (training.steps % KEEP_EVERY === 0) await keep();
    await breath();
  }
  await keep();
  postMessage({ type: 'stopped', step: training.steps, found: await found(), before });
}

async function learn(picture, steps) {
  if (picture) {
    before.push(await training.detect(picture.pixels));
    training.own.push(picture);
  }
  await train(steps, true);
}

async function save() {
  const weights = await training.weights();
  const model = tunedFile(files.manifest, files.predict, weights);
  postMessage({ type: 'saved', model: model.buffer, weights: weights.buffer }, [model.buffer, weights.buffer]);
}

const answers = {
  open: ({ device, threads }) => open(device, threads),
  start: ({ steps }) => train(steps, false),
  learn: ({ picture, steps }) => learn(picture, steps),
  save,
  restart: () => writeState(files.manifest.id, null).then(() => postMessage({ type: 'restarted' })),
};

onmessage = async ({ data }) => {
  if (data.type === 'stop') { stopped = true; return; }
  if (busy) return;
  busy = true;
  try {
    await answers[data.type](data);
  } catch (error) {
    postMessage({ type: 'failed', message: error.message ?? String(error) });
  } finally {
    busy = false;
  }
};
