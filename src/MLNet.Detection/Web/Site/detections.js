// From probabilities and boxes of all places to objects: thresholds, the best candidates, suppression within a class.
import { overlap } from './targets.js';

const clamp = (x, most) => Math.min(Math.max(x, 0), most);

/** The candidates of a group of [place, column] pairs, best first. */
const best = (group, most) => group.sort((a, b) => b.score - a.score || a.order - b.order).slice(0, most);

function candidates(rules, scores, columns) {
  const groups = new Map();
  for (let order = 0; order < scores.length; order++) {
    const column = order % columns, key = rules.byClass ? column : 0;
    if (column === rules.background || !(scores[order] > Math.fround(rules.score))) continue;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push({ order, column, place: (order - column) / columns, score: scores[order] });
  }
  return [...groups].sort(([a], [b]) => a - b).flatMap(([, group]) => best(group, rules.maxCandidates));
}

/**
 * Objects of one picture: { box: [x0, y0, x1, y1] in pixels of the network's input, class, score }, best first.
 * @param scores [places, columns], background among the columns where there is one
 * @param boxes four floats a place
 */
export function detect(manifest, scores, boxes) {
  const rules = manifest.decoder, places = boxes.length / 4, found = [];
  for (const one of candidates(rules, scores, scores.length / places)) {
    const box = Float32Array.from(boxes.subarray(4 * one.place, 4 * one.place + 4),
      (x, i) => rules.clip ? clamp(x, i % 2 ? manifest.input.height : manifest.input.width) : x);
    if (!(box[2] - box[0] >= rules.minSize && box[3] - box[1] >= rules.minSize)) continue;
    const background = rules.background ?? Infinity;
    found.push({ box, class: one.column > background ? one.column - 1 : one.column, score: one.score });
  }
  const kept = [];
  for (const one of found.map((object, order) => ({ ...object, order })).sort((a, b) => b.score - a.score || a.order - b.order)) {
    if (kept.length >= rules.maxDetections) break;
    if (kept.every(other => other.class !== one.class || !(overlap(other.box, 0, one.box, 0) > Math.fround(rules.iou))))
      kept.push(one);
  }
  return kept.map(({ box, class: label, score }) => ({ box: [...box], class: label, score }));
}
