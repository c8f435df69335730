// Pictures and boxes on canvases, and the user's own boxes by mouse, pen or finger.
const COLORS = ['#1463b8', '#d9480f', '#2b8a3e', '#862e9c', '#c92a2a', '#087f5b', '#5f3dc4', '#e67700'];
const LEAST = 3;

/** Shows pixels [height, width, 3] with boxes { box, class, score }. */
export function drawPicture(canvas, { input, classes }, pixels, objects = [], least = 0) {
  const g = canvas.getContext('2d'), data = new ImageData(input.width, input.height);
  for (let i = 0; i < input.width * input.height; i++) {
    for (let c = 0; c < 3; c++) data.data[4 * i + c] = pixels[3 * i + c];
    data.data[4 * i + 3] = 255;
  }
  const scale = canvas.width / input.width, own = new OffscreenCanvas(input.width, input.height);
  own.getContext('2d').putImageData(data, 0, 0);
  g.imageSmoothingEnabled = scale < 3;
  g.drawImage(own, 0, 0, canvas.width, canvas.height);
  g.font = '11px system-ui';
  for (const { box: [x0, y0, x1, y1], class: label, score } of objects) {
    if (score < least) continue;
    [g.strokeStyle, g.fillStyle, g.lineWidth] = [COLORS[label % COLORS.length], COLORS[label % COLORS.length], 2];
    g.strokeRect(x0 * scale, y0 * scale, (x1 - x0) * scale, (y1 - y0) * scale);
    const text = score === undefined ? classes[label] : `${classes[label]} ${score.toFixed(2)}`, wide = g.measureText(text).width + 6;
    const top = Math.max(0, y0 * scale - 14);
    g.fillRect(x0 * scale, top, wide, 14);
    g.fillStyle = '#fff';
    g.fillText(text, x0 * scale + 3, top + 11);
  }
}

/** A file's picture in the network's size, as the library lays it out: stretched, or between bars. */
export async function readFile(file, { input }) {
  const image = await createImageBitmap(file), own = new OffscreenCanvas(input.width, input.height);
  const g = own.getContext('2d'), scale = Math.min(input.width / image.width, input.height / image.height);
  const inner = (side, most) => input.letterbox ? Math.min(most, Math.max(1, Math.round(side * scale))) : most;
  const [width, height] = [inner(image.width, input.width), inner(image.height, input.height)];
  g.fillStyle = `rgb(${input.fill} ${input.fill} ${input.fill})`;
  g.fillRect(0, 0, input.width, input.height);
  g.imageSmoothingQuality = 'high';
  g.drawImage(image, (input.width - width) >> 1, (input.height - height) >> 1, width, height);
  const data = g.getImageData(0, 0, input.width, input.height).data, pixels = new Uint8Array(3 * input.width * input.height);
  for (let i = 0; i < pixels.length / 3; i++) for (let c = 0; c < 3; c++) pixels[3 * i + c] = data[4 * i + c];
  return pixels;
}

/** Lets the user draw boxes: tells each new one as [x0, y0, x1, y1] in pixels of the network's input. */
export function drawBoxes(canvas, { input }, told) {
  let from = null;
  const place = event => [event.offsetX * input.width / canvas.clientWidth, event.offsetY * input.height / canvas.clientHeight];
  canvas.onpointerdown = event => { from = place(event); canvas.setPointerCapture(event.pointerId); };
  canvas.onpointermove = canvas.onpointerup = event => {
    if (!from) return;
    const to = place(event), low = [0, 1].map(i => Math.max(0, Math.min(from[i], to[i])));
    const high = [Math.min(input.width, Math.max(from[0], to[0])), Math.min(input.height, Math.max(from[1], to[1]))];
    const done = event.type === 'pointerup';
    if (done) from = null;
    if (high[0] - low[0] >= LEAST && high[1] - low[1] >= LEAST) told([...low, ...high], done);
  };
}
