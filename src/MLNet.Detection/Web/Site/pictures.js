// Pictures of data.bin, and pictures as the network takes them.

/** A picture of data.bin: pixels [height, width, 3], boxes (four floats each), classes. */
export function readPicture(manifest, data, { at, boxes: count }) {
  const size = manifest.input.width * manifest.input.height * 3, from = Math.ceil((at + size) / 4) * 4;
  return {
    pixels: new Uint8Array(data, at, size),
    boxes: new Float32Array(data, from, 4 * count),
    classes: new Int32Array(data, from + 16 * count, count),
  };
}

/** The picture seen in a mirror. */
export function mirrored(manifest, { pixels, boxes, classes }) {
  const { width, height } = manifest.input, turned = new Uint8Array(pixels.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) turned[(y * width + x) * 3 + c] = pixels[(y * width + width - 1 - x) * 3 + c];
  const moved = boxes.slice();
  for (let i = 0; i < moved.length; i += 4)
    [moved[i], moved[i + 2]] = [Math.fround(width - boxes[i + 2]), Math.fround(width - boxes[i])];
  return { pixels: turned, boxes: moved, classes };
}

/** Writes (pixel - mean) / std, plane after plane. */
export function writePlanes({ input }, pixels, to) {
  const plane = input.width * input.height, f = Math.fround;
  if (input.order === 'grey') {
    for (let i = 0; i < plane; i++) {
      const grey = f(f(f(f(0.299) * pixels[3 * i]) + f(f(0.587) * pixels[3 * i + 1])) + f(f(0.114) * pixels[3 * i + 2]));
      to[i] = f(f(grey - f(input.mean[0])) / f(input.std[0]));
    }
    return;
  }
  for (let c = 0; c < 3; c++) {
    const table = Float32Array.from({ length: 256 }, (_, x) => f(f(x - f(input.mean[c])) / f(input.std[c])));
    const first = (input.order === 'rgb' ? c : 2 - c) * plane;
    for (let i = 0; i < plane; i++) to[first + i] = table[pixels[3 * i + c]];
  }
}

/** Planes of a picture that the network takes. */
export const channels = ({ input }) => input.order === 'grey' ? 1 : 3;
