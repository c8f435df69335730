// Runs training artifacts in the official training runtime, compiled to WebAssembly:
//   node session.mjs <plan.json> <result.json>
// The plan names the four files, lists feeds (by input name: type, dims, base64 of the values) and commands. Each
// command gives one result: outputs by name, or a vector of all weights.
import { readFileSync, writeFileSync } from 'node:fs';

const dist = new URL('./node_modules/onnxruntime-web/dist/', import.meta.url);
const ort = await import(new URL('ort.training.wasm.min.mjs', dist));
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = dist.href;
ort.env.logLevel = 'error';

const arrays = { float32: Float32Array, int64: BigInt64Array, bool: Uint8Array };
const base64 = values => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');

function tensor({ type, dims, data }) {
    const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
    return new ort.Tensor(type, new arrays[type](bytes.buffer), dims);
}

// By position: the interface names the outputs of an evaluation after those of a training step.
const outputs = (values, names) =>
    Object.fromEntries(Object.values(values).map((value, i) => [names[i], base64(value.data)]));

async function run(plan) {
    const file = path => path && new Uint8Array(readFileSync(path));
    const feeds = plan.feeds.map(set =>
        Object.fromEntries(Object.entries(set).map(([name, value]) => [name, tensor(value)])));
    const session = await ort.TrainingSession.create({
        checkpointState: file(plan.checkpoint), trainModel: file(plan.trainingModel), evalModel: file(plan.evalModel),
        optimizerModel: file(plan.optimizerModel),
    }, { executionProviders: ['wasm'] });
    const commands = {
        train: async set => outputs(await session.runTrainStep(feeds[set]), session.trainingOutputNames),
        evaluate: async set => outputs(await session.runEvalStep(feeds[set]), session.evalOutputNames),
        update: async () => { await session.runOptimizerStep(); return {}; },
        reset: async () => { await session.lazyResetGrad(); return {}; },
        weights: async () => ({ weights: base64((await session.getContiguousParameters(true)).data) }),
        load: async set => {
            const { data } = feeds[set].weights;
            await session.loadParametersBuffer(new Uint8Array(data.buffer), false);
            return {};
        },
    };
    const results = [];
    for (const command of plan.commands)
        results.push(await commands[command.run](command.feed));
    return { inputs: session.trainingInputNames, outputs: session.trainingOutputNames, results };
}

const [planPath, resultPath] = process.argv.slice(2);
try {
    writeFileSync(resultPath, JSON.stringify(await run(JSON.parse(readFileSync(planPath)))));
} catch (error) {
    // Without the source line, which is the whole minified library.
    console.error(`${error.message ?? error}`);
    process.exitCode = 1;
}
