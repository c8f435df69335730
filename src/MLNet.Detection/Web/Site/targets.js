// What each anchor of a picture must learn: the library's two matchers and its box coder, in the same floats.
const f = Math.fround, BACKGROUND = -1, IGNORED = -2;

const area = (b, i) => f(Math.max(f(b[4 * i + 2] - b[4 * i]), 0) * Math.max(f(b[4 * i + 3] - b[4 * i + 1]), 0));

/** Intersection of box i of a with box j of b. */
function intersection(a, i, b, j) {
  const width = f(Math.min(a[4 * i + 2], b[4 * j + 2]) - Math.max(a[4 * i], b[4 * j]));
  const height = f(Math.min(a[4 * i + 3], b[4 * j + 3]) - Math.max(a[4 * i + 1], b[4 * j + 1]));
  return width > 0 && height > 0 ? f(width * height) : 0;
}

/** Intersection over union. */
export function overlap(a, i, b, j) {
  const common = intersection(a, i, b, j);
  return common > 0 ? f(common / f(f(area(a, i) + area(b, j)) - common)) : 0;
}

/** For each anchor the object that it learns, -1 for background, -2 for one that does not count. */
function match(rules, anchors, boxes, truths, ignored) {
  const count = anchors.length / 4, best = new Float32Array(count), matches = new Int32Array(count);
  const row = new Float32Array(count), kept = new Uint8Array(count), forced = [];
  if (truths.length === 0) matches.fill(BACKGROUND);
  for (const [number, truth] of truths.entries()) {
    let greatest = 0;
    for (let i = 0; i < count; i++) {
      row[i] = overlap(anchors, i, boxes, truth);
      greatest = Math.max(greatest, row[i]);
      if (row[i] > best[i]) { best[i] = row[i]; matches[i] = number; }
    }
    if (!rules.lowQuality || (greatest === 0 && !rules.withoutOverlap)) continue;
    if (rules.kind === 'ssd') forced.push([row.indexOf(greatest), number]);
    else for (let i = 0; i < count; i++) if (row[i] === greatest) kept[i] = 1;
  }
  const high = f(rules.high), low = f(rules.low);
  if (truths.length > 0)
    for (let i = 0; i < count; i++)
      if (best[i] < high && !kept[i]) matches[i] = best[i] < low ? BACKGROUND : IGNORED;
  for (const [anchor, number] of forced) matches[anchor] = number;
  for (const region of ignored)
    for (let i = 0; i < count; i++)
      if (matches[i] === BACKGROUND && f(intersection(anchors, i, boxes, region) / area(anchors, i)) >= f(rules.ignoredOverlap))
        matches[i] = IGNORED;
  return matches;
}

/** Deltas that move an anchor onto a box: see the library's BoxCoder. */
function encode(weights, anchors, i, boxes, j, to) {
  for (let axis = 0; axis < 2; axis++) {
    const [a, b] = [anchors[4 * i + axis], boxes[4 * j + axis]];
    const side = f(anchors[4 * i + 2 + axis] - a), length = f(boxes[4 * j + 2 + axis] - b);
    const shift = f(f(b + f(0.5 * length)) - f(a + f(0.5 * side)));
    to[4 * i + axis] = f(f(weights[axis] * shift) / side);
    to[4 * i + 2 + axis] = f(weights[2 + axis] * f(Math.log(f(length / side))));
  }
}

/**
 * Writes the targets of one picture: class of each anchor (from 0, -1 background, -2 not counted) and its deltas.
 * @param manifest of the page
 * @param anchors four floats each
 * @param picture with boxes (four floats each) and classes (-2 for one that is neither learnt nor background)
 * @returns the number of objects
 */
export function writeTargets(manifest, anchors, { boxes, classes }, toClasses, toBoxes) {
  const all = [...classes.keys()], truths = all.filter(i => classes[i] >= 0), ignored = all.filter(i => classes[i] < 0);
  const matches = match(manifest.matcher, anchors, boxes, truths, ignored);
  toBoxes.fill(0);
  for (let i = 0; i < matches.length; i++) {
    toClasses[i] = matches[i] < 0 ? matches[i] : classes[truths[matches[i]]];
    if (matches[i] >= 0) encode(manifest.coder, anchors, i, boxes, truths[matches[i]], toBoxes);
  }
  return truths.length;
}

/** A place of a batch that has no picture. */
export function writeNothing(toClasses, toBoxes) {
  toClasses.fill(IGNORED);
  toBoxes.fill(0);
}
