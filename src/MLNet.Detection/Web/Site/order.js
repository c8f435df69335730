// Which pictures a step learns: every picture once an epoch, in an order drawn from the seed, half of them mirrored.

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6D2B79F5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** The choices of a step, from 0: { index, mirror } for each picture of its batch; the last of an epoch may have fewer. */
export function choices(seed, step, batch, count) {
  const perEpoch = Math.ceil(count / batch), epoch = Math.floor(step / perEpoch), random = numbers(seed * 1000003 + epoch);
  const order = [...Array(count).keys()];
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  const all = order.map(index => ({ index, mirror: random() < 0.5 }));
  const first = (step % perEpoch) * batch;
  return all.slice(first, first + batch);
}
