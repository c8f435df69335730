// The curve of the loss: every step as a thin line, the mean of the last steps as a thick one.
const LEFT = 46, RIGHT = 14, TOP = 12, BOTTOM = 26;

/** Greatest of 1, 2, 5 times a power of ten that gives at least four marks. */
function unit(range) {
  const power = 10 ** Math.floor(Math.log10(range / 4));
  return [5, 2, 1].map(factor => factor * power).find(value => range / value >= 4) ?? power;
}

function smooth(values, window) {
  let sum = 0;
  return values.map((value, i) => {
    sum += value - (i >= window ? values[i - window] : 0);
    return sum / Math.min(i + 1, window);
  });
}

export function drawCurve(canvas, losses, planned) {
  const g = canvas.getContext('2d'), { width, height } = canvas, last = Math.max(losses.length, planned, 2);
  const top = Math.max(...losses, 1e-6) * 1.05;
  const x = i => LEFT + i * (width - LEFT - RIGHT) / (last - 1), y = v => height - BOTTOM - v / top * (height - TOP - BOTTOM);
  g.clearRect(0, 0, width, height);
  g.font = '12px system-ui';
  [g.strokeStyle, g.fillStyle, g.lineWidth] = ['#e3e9ef', '#5b6b7b', 1];
  for (let v = 0; v <= top; v += unit(top)) {
    g.beginPath(); g.moveTo(LEFT, y(v)); g.lineTo(width - RIGHT, y(v)); g.stroke();
    g.textAlign = 'right';
    g.fillText(String(+v.toPrecision(3)), LEFT - 6, y(v) + 4);
  }
  g.textAlign = 'center';
  for (let i = 0; i < last; i += Math.max(1, unit(last))) g.fillText(String(i), x(i), height - 8);
  const line = (values, color, wide) => {
    [g.strokeStyle, g.lineWidth] = [color, wide];
    g.beginPath();
    values.forEach((value, i) => g.lineTo(x(i), y(value)));
    g.stroke();
  };
  line(losses, '#9dbfe3', 1);
  line(smooth(losses, 10), '#1463b8', 2.5);
}
