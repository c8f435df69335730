// Time and memory of a step of a page that trains: node benchmarks/Web/steps.mjs SITE cpu|wasm THREADS [STEPS]
// SITE is what 'mlnet-detect web' wrote; packages are those of tests/WebRuntime (./test.sh fetches them). One line: the median
// and the least of the steps behind the first five, the time of the session, the greatest memory of the process.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [site, provider, threads, steps = '25'] = process.argv.slice(2), harness = new URL('../../tests/WebRuntime/', import.meta.url);
const bytes = name => { const read = readFileSync(join(site, name)); return read.buffer.slice(read.byteOffset, read.byteOffset + read.length); };
const require = createRequire(new URL('x.mjs', harness));
const ort = provider === 'wasm' ? await import(new URL('node_modules/onnxruntime-web/dist/ort.node.min.mjs', harness).href)
  : require('onnxruntime-node');
if (provider === 'wasm') Object.assign(ort.env.wasm, { numThreads: +threads, wasmPaths: new URL('node_modules/onnxruntime-web/dist/', harness).href });
const { Training } = await import(pathToFileURL(resolve(site, 'session.js')).href);
const files = { manifest: JSON.parse(readFileSync(join(site, 'manifest.json'))), step: bytes('step.onnx'), scores: bytes('scores.onnx'),
  weights: bytes('weights.bin'), data: bytes('data.bin') };
const begin = performance.now(), training = await Training.create(ort, files, provider, false, { intraOpNumThreads: +threads });
const opened = performance.now() - begin, times = [];
for (let i = 0; i < +steps; i++) {
  const pictures = training.batch(), from = performance.now();
  await training.step(pictures, training.rate);
  times.push(performance.now() - from);
}
const steady = times.slice(5).sort((a, b) => a - b);
console.log(`${provider}, ${threads} thread(s): median ${steady[steady.length >> 1].toFixed(1)} ms, least ${steady[0].toFixed(1)} ms, `
  + `session ${opened.toFixed(0)} ms, memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
process.exit(0);
