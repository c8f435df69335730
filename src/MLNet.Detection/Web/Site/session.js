// A training run in any JavaScript runtime: the step, its state, and what it is fed. It knows no page.
import { detect } from './detections.js';
import { choices } from './order.js';
import { channels, mirrored, readPicture, writePlanes } from './pictures.js';
import { writeNothing, writeTargets } from './targets.js';

const NAMES = {
  classes: 'targets/classes', boxes: 'targets/boxes', images: 'targets/images', objects: 'targets/objects',
  rate: 'training/learning_rate', step: 'training/step', loss: 'training/loss', weights: 'training/parameters',
};

export class Training {
  #ort; #step; #scores; #data; #state;
  /** Steps done. */
  steps = 0;
  /** Pictures of the user's own: { pixels, boxes, classes }. */
  own = [];

  /**
   * @param ort the runtime's module
   * @param files { manifest, step, scores, weights, data } as fetched: the manifest an object, the others ArrayBuffers
   * @param device an execution provider: wasm, webgpu, cpu
   * @param resident whether the state stays in the GPU's memory from step to step
   * @param more options of the step's session
   */
  static async create(ort, files, device, resident = device === 'webgpu', more = {}) {
    const run = new Training();
    run.#ort = ort;
    run.manifest = files.manifest;
    run.#data = files.data;
    run.anchors = new Float32Array(files.data, 0, 4 * files.manifest.data.anchors);
    const options = { executionProviders: [device], logSeverityLevel: 3 };
    const kept = !resident ? {} : { preferredOutputLocation:
      Object.fromEntries(files.manifest.step.vectors.map(vector => [vector.name + '/next', 'gpu-buffer'])) };
    run.#step = await ort.InferenceSession.create(new Uint8Array(files.step), { ...options, ...kept, ...more });
    run.#scores = await ort.InferenceSession.create(new Uint8Array(files.scores), options);
    run.restore(0, files.manifest.step.vectors.map(vector =>
      vector.weights ? new Float32Array(files.weights.slice(0)) : new Float32Array(vector.size)));
    return run;
  }

  /** Goes on from a state that `state` gave. */
  restore(steps, vectors) {
    this.#state?.forEach(tensor => tensor.dispose());
    this.steps = steps;
    this.#state = vectors.map(values => new this.#ort.Tensor('float32', values, [values.length]));
  }

  /** Copies of the vectors of the state. */
  async state() {
    return Promise.all(this.#state.map(async tensor => (await tensor.getData()).slice()));
  }

  /** The weights to show and to save. */
  async weights() {
    return (await this.#state[this.manifest.step.saved].getData()).slice();
  }

  /** The pictures of the next step: of the data; with `own`, every second one is the user's. */
  batch(own = false) {
    const { manifest } = this, { batch, seed } = manifest.step, train = manifest.data.train;
    const chosen = choices(seed, this.steps, batch, train.length).map(({ index, mirror }) => {
      const picture = readPicture(manifest, this.#data, train[index]);
      return mirror ? mirrored(manifest, picture) : picture;
    });
    if (own)
      for (let i = 0; i < chosen.length; i += 2) chosen[i] = this.own[(this.steps * Math.ceil(batch / 2) + i / 2) % this.own.length];
    return chosen;
  }

  /** The inputs of a step on these pictures, without its state. */
  feeds(pictures, rate) {
    const { manifest } = this, { width, height } = manifest.input, { batch, images, classType } = manifest.step;
    const planes = channels(manifest) * width * height, places = manifest.data.anchors;
    const pixels = new Float32Array(batch * planes), classes = new Int32Array(batch * places);
    const boxes = new Float32Array(batch * places * 4);
    let objects = 0;
    for (let i = 0; i < batch; i++) {
      const [toClasses, toBoxes] = [classes.subarray(i * places, (i + 1) * places), boxes.subarray(4 * i * places, 4 * (i + 1) * places)];
      if (i >= pictures.length) { writeNothing(toClasses, toBoxes); continue; }
      writePlanes(manifest, pictures[i].pixels, pixels.subarray(i * planes, (i + 1) * planes));
      objects += writeTargets(manifest, this.anchors, pictures[i], toClasses, toBoxes);
    }
    const number = (value, dims) => new this.#ort.Tensor('float32', Float32Array.of(value), dims);
    const all = {
      [images]: new this.#ort.Tensor('float32', pixels, [batch, channels(manifest), height, width]),
      [NAMES.classes]: new this.#ort.Tensor(classType, classType === 'int64' ? BigInt64Array.from(classes, BigInt) : classes, [batch, places]),
      [NAMES.boxes]: new this.#ort.Tensor('float32', boxes, [batch, places, 4]),
      [NAMES.images]: number(pictures.length, [1]), [NAMES.objects]: number(objects, [1]),
      [NAMES.rate]: number(rate, []), [NAMES.step]: number(this.steps + 1, []),
    };
    return Object.fromEntries(Object.entries(all).filter(([name]) => manifest.step.inputs.includes(name)));
  }

  /** The learning rate of the next step of the run; behind its end that of the last one. */
  get rate() {
    const { rates } = this.manifest.step;
    return rates[Math.min(this.steps, rates.length - 1)];
  }

  /** Takes a step and returns its loss. */
  async step(pictures, rate) {
    const feeds = this.feeds(pictures, rate), { vectors } = this.manifest.step;
    vectors.forEach((vector, i) => { feeds[vector.name] = this.#state[i]; });
    const out = await this.#step.run(feeds);
    const loss = out[NAMES.loss].data[0];
    if (!Number.isFinite(loss)) throw new Error(`The loss is ${loss} at step ${this.steps + 1}: the run diverged. Start again.`);
    this.#state.forEach(tensor => tensor.dispose());
    this.#state = vectors.map(vector => out[vector.name + '/next']);
    this.steps++;
    return loss;
  }

  /** The objects that the present weights find in a picture. */
  async detect(pixels) {
    const { manifest } = this, { width, height } = manifest.input;
    const planes = new Float32Array(channels(manifest) * width * height);
    writePlanes(manifest, pixels, planes);
    const out = await this.#scores.run({
      [manifest.step.images]: new this.#ort.Tensor('float32', planes, [1, channels(manifest), height, width]),
      [NAMES.weights]: this.#state[manifest.step.saved],
    });
    return detect(manifest, out.scores.data, out.boxes.data);
  }
}

/** The detector's file with these weights: their places are in the manifest, no reader of the format is needed. */
export function tunedFile(manifest, file, weights) {
  const tuned = new Uint8Array(file.slice(0)), bytes = new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength);
  for (const { offset, count, at } of manifest.weights) tuned.set(bytes.subarray(4 * offset, 4 * (offset + count)), at);
  return tuned;
}
