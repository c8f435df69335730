// The page: buttons, curve and pictures. All computing is in the worker. ?device=webgpu and ?threads=2 choose for it.
import { drawCurve } from './chart.js';
import { drawBoxes, drawPicture, readFile } from './drawing.js';
import { readPicture } from './pictures.js';

const $ = id => document.getElementById(id), query = new URLSearchParams(location.search), SHOWN = 192;
const device = query.get('device') ?? 'wasm';
const worker = new Worker('trainer.js', { type: 'module' });
const [manifest, data] = await Promise.all([fetch('manifest.json').then(a => a.json()), fetch('data.bin').then(a => a.arrayBuffer())]);
const heldOut = manifest.data.heldOut.map(picture => ({ name: picture.name, ...readPicture(manifest, data, picture) }));
const page = { losses: [], times: [], own: [], before: [], after: [], drawn: null, step: 0, planned: manifest.step.rates.length };
const tall = wide => Math.round(wide * manifest.input.height / manifest.input.width);

const tell = (text, failed = false) => { $('state').textContent = text; $('state').className = failed ? 'failed' : ''; };
const running = on => {
  for (const id of ['start', 'save', 'restart']) $(id).disabled = on;
  $('stop').disabled = !on;
  $('learn').disabled = on || !(page.drawn?.boxes.length || (!page.drawn && page.own.length));
};

function canvas(caption) {
  const figure = document.createElement('figure'), made = document.createElement('canvas'), text = document.createElement('figcaption');
  [made.width, made.height, text.textContent] = [SHOWN, tall(SHOWN), caption];
  figure.append(made, text);
  return [figure, made];
}

/** Each picture twice: what the first and what the present weights find in it. */
function show() {
  const pairs = (pictures, first) => pictures.flatMap((picture, i) => [['before', page.before], ['after', page.after]]
    .filter(([, found]) => found[first + i]).map(([when, found]) => {
      const [figure, made] = canvas(`${picture.name ?? 'your picture'}, ${when}`);
      drawPicture(made, manifest, picture.pixels, found[first + i], +$('least').value);
      return figure;
    }));
  $('pictures').replaceChildren(...pairs(heldOut, 0));
  $('ownpictures').replaceChildren(...pairs(page.own, heldOut.length));
}

const told = {
  ready({ device: chosen, threads, isolated, steps, losses, own, found, before }) {
    Object.assign(page, { step: steps, losses, own, before, after: steps ? found : [] });
    tell(steps ? `Resumed at step ${steps}.` : 'Ready.');
    $('threads').textContent = `${chosen}, ${threads} thread${threads > 1 ? 's' : ''}.` + (isolated ? ''
      : ' For several threads the server must send the headers Cross-Origin-Opener-Policy: same-origin and '
        + 'Cross-Origin-Embedder-Policy: require-corp; this one does not.');
    $('steps').value = page.planned;
    running(false);
    show();
    drawCurve($('curve'), page.losses, page.planned);
  },
  step({ step, loss, milliseconds }) {
    page.losses.push(loss);
    page.times.push(milliseconds);
    const middle = page.times.toSorted((a, b) => a - b)[page.times.length >> 1];
    page.step = step;
    tell(`Step ${step}, loss ${loss.toFixed(4)}, ${middle.toFixed(0)} ms a step`);
    drawCurve($('curve'), page.losses, page.planned);
  },
  stopped({ step, found, before }) {
    Object.assign(page, { before, after: found });
    tell(`Stopped after step ${step}.`);
    running(false);
    show();
  },
  saved({ model, weights }) {
    page.saved = { model, weights };
    const link = (name, bytes) => {
      const made = Object.assign(document.createElement('a'), { download: name, className: 'button',
        href: URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' })),
        textContent: `${name} (${(bytes.byteLength / 1e6).toFixed(1)} MB)` });
      made.id = name;
      return made;
    };
    $('links').replaceChildren(link('tuned.onnx', model), link('weights.bin', weights));
    $('tuned.onnx').click();
  },
  restarted: () => location.reload(),
  failed({ message }) { running(false); tell(message, true); },
};
worker.onmessage = ({ data: message }) => told[message.type](message);
worker.onerror = event => tell(event.message || 'The worker cannot be loaded.', true);

$('start').onclick = () => {
  const steps = +$('steps').value - page.step;
  if (!(steps > 0)) { tell(`Step ${page.step} is done already; give a later one.`); return; }
  running(true);
  worker.postMessage({ type: 'start', steps });
};
$('stop').onclick = () => worker.postMessage({ type: 'stop' });
$('save').onclick = () => worker.postMessage({ type: 'save' });
$('restart').onclick = () => worker.postMessage({ type: 'restart' });
$('least').onchange = show;
$('device').onchange = () => { query.set('device', $('device').value); location.search = query; };
manifest.classes.forEach((name, i) => $('class').append(new Option(name, i)));

function drawOwn(open = []) {
  const objects = [...page.drawn.boxes, ...open];
  drawPicture($('own'), manifest, page.drawn.pixels, objects);
  $('undo').disabled = page.drawn.boxes.length === 0;
  $('learn').disabled = !$('stop').disabled || page.drawn.boxes.length === 0;
}
$('file').onchange = async () => {
  page.drawn = { pixels: await readFile($('file').files[0], manifest), boxes: [] };
  Object.assign($('own'), { hidden: false, height: tall($('own').width) });
  drawOwn();
};
drawBoxes($('own'), manifest, (box, done) => {
  const object = { box, class: +$('class').value };
  if (done) page.drawn.boxes.push(object);
  drawOwn(done ? [] : [object]);
});
$('undo').onclick = () => { page.drawn.boxes.pop(); drawOwn(); };
$('learn').onclick = () => {
  const picture = page.drawn && { pixels: page.drawn.pixels, boxes: Float32Array.from(page.drawn.boxes.flatMap(o => o.box)),
    classes: Int32Array.from(page.drawn.boxes, o => o.class) };
  if (picture) page.own.push(picture);
  page.drawn = null;
  $('own').hidden = true;
  running(true);
  worker.postMessage({ type: 'learn', picture, steps: +$('ownsteps').value });
};
if (navigator.gpu) $('device').append(new Option('Graphics card (WebGPU)', 'webgpu'));
$('device').value = device;
globalThis.page = page;
worker.postMessage({ type: 'open', device, threads: +(query.get('threads') ?? 0) });
