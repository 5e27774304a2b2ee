/**
 * The interactive flame graph, as it runs in a page: no imports, no network. `flame/html.ts` puts the
 * text of this file into pages and calls it with the packed frames.
 *
 * @param {HTMLElement} root emptied and filled
 * @param {{unit: string, total: number, depth: number, icicle: boolean, names: string[],
 *   name: number[], level: number[], offset: number[], value: number[], self: number[], change: number[] | null,
 *   colorings: {label: string, palette: string[], color: number[]}[],
 *   legend: {label: string, color: string}[], note: string}} data
 *   Arrays run over the frames, callers before callees; `offset` and `value` are in `unit`,
 *   `change` in percent of the whole.
 */
// eslint-disable-next-line @typescript-eslint/no-unused-vars -- called by the page
function falconFlameGraph(root, data) {
  const FRAME = 18;
  const FONT = '12.5px Arimo, Arial, Helvetica, sans-serif';
  const frames = data.value.length;
  let coloring = 0;
  let zoomed = -1;
  let hovered = -1;
  let pattern = null;
  let flipped = data.icicle;

  const make = (tag, style, text) => {
    const element = document.createElement(tag);
    if (style) element.style.cssText = style;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const button = (label, title, action) => {
    const b = make('button', 'margin-right:6px;font:inherit;padding:2px 9px;cursor:pointer', label);
    b.type = 'button';
    b.title = title;
    b.onclick = action;
    return b;
  };

  root.textContent = '';
  root.style.cssText += ';font:13px Arimo,Arial,Helvetica,sans-serif;color:#222;background:#fff;position:relative';
  const bar = make('div', 'display:flex;flex-wrap:wrap;align-items:center;gap:4px;margin-bottom:4px');
  const search = make('input', 'font:inherit;padding:2px 6px;width:220px');
  search.type = 'search';
  search.placeholder = 'search (regular expression)';
  search.setAttribute('aria-label', 'search frames');
  const matched = make('span', 'margin:0 10px;font-weight:bold;color:#8a2be2');
  const canvas = make('canvas', 'width:100%;display:block;cursor:pointer');
  const details = make('div', 'min-height:2.6em;padding-top:4px;overflow-wrap:anywhere');
  bar.append(
    button('Reset', 'show the whole graph again (Esc)', () => zoom(-1)),
    button('Flip', 'callers at the top or at the bottom', () => {
      flipped = !flipped;
      draw();
    }),
  );
  if (data.colorings.length > 1) {
    const next = button('', 'other colours', () => {
      coloring = (coloring + 1) % data.colorings.length;
      next.textContent = 'Colours: ' + data.colorings[coloring].label;
      draw();
    });
    next.textContent = 'Colours: ' + data.colorings[0].label;
    bar.append(next);
  }
  bar.append(search, matched);
  for (const { label, color } of data.legend) {
    const key = make('span', 'display:inline-flex;align-items:center;margin-right:10px');
    key.append(make('span', `width:12px;height:12px;margin-right:5px;background:${color}`), make('span', '', label));
    bar.append(key);
  }
  root.append(bar, canvas, details, make('div', 'color:#555;font-size:12px', data.note));
  const context = canvas.getContext('2d');

  /** Which part of the whole fills the width, and the chain of callers above it. */
  function view() {
    const left = zoomed < 0 ? 0 : data.offset[zoomed];
    const width = zoomed < 0 ? data.total : data.value[zoomed];
    return { left, width, level: zoomed < 0 ? -1 : data.level[zoomed] };
  }

  /** Place of a frame on the canvas, or undefined if it is out of view. */
  function place(i, seen, pixels) {
    const end = data.offset[i] + data.value[i];
    if (data.level[i] <= seen.level) {
      // A caller of the zoomed frame is drawn over the whole width.
      if (data.offset[i] > seen.left || end < seen.left + seen.width) return undefined;
      return { x: 0, width: pixels };
    }
    if (data.offset[i] < seen.left || end > seen.left + seen.width) return undefined;
    return { x: ((data.offset[i] - seen.left) / seen.width) * pixels, width: (data.value[i] / seen.width) * pixels };
  }

  function top(i) {
    return (flipped ? data.level[i] : data.depth - 1 - data.level[i]) * FRAME;
  }

  function draw() {
    const pixels = canvas.clientWidth || root.clientWidth || 1000;
    const ratio = window.devicePixelRatio || 1;
    const height = data.depth * FRAME;
    canvas.width = Math.round(pixels * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = height + 'px';
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, pixels, height);
    context.font = FONT;
    context.textBaseline = 'middle';
    const seen = view();
    const { palette, color } = data.colorings[coloring];
    for (let i = 0; i < frames; i++) {
      const at = place(i, seen, pixels);
      if (at === undefined || at.width < 0.3) continue;
      context.globalAlpha = data.level[i] < seen.level ? 0.55 : 1;
      context.fillStyle = matches(i) ? '#c77dff' : palette[color[i]];
      context.fillRect(at.x, top(i), Math.max(0.3, at.width - 0.4), FRAME - 1);
      if (i === hovered) {
        context.strokeStyle = '#000';
        context.strokeRect(at.x + 0.5, top(i) + 0.5, Math.max(0, at.width - 1.4), FRAME - 2);
      }
      if (at.width > 24) label(data.names[data.name[i]], at.x + 3, top(i) + FRAME / 2, at.width - 6);
    }
    context.globalAlpha = 1;
  }

  function label(name, x, y, room) {
    let text = name;
    if (context.measureText(text).width > room) {
      // Halve the distance to the longest beginning that fits.
      let fits = 0;
      let cut = text.length;
      while (cut - fits > 1) {
        const middle = (fits + cut) >> 1;
        if (context.measureText(name.slice(0, middle) + '…').width <= room) fits = middle;
        else cut = middle;
      }
      if (fits < 3) return;
      text = name.slice(0, fits) + '…';
    }
    context.fillStyle = '#000';
    context.fillText(text, x, y);
  }

  function matches(i) {
    return pattern !== null && pattern[data.name[i]];
  }

  /** Share of the whole under matching frames, each stack counted once. */
  function matchedShare() {
    let sum = 0;
    let counted = 0;
    for (let i = 0; i < frames; i++) {
      // Frames come in order of their place, callers first: what lies left of `counted` is inside a match.
      if (!matches(i) || data.offset[i] < counted) continue;
      sum += data.value[i];
      counted = data.offset[i] + data.value[i];
    }
    return sum / data.total;
  }

  function zoom(frame) {
    zoomed = frame;
    draw();
  }

  function frameAt(event) {
    const box = canvas.getBoundingClientRect();
    const x = event.clientX - box.left;
    const row = Math.floor((event.clientY - box.top) / FRAME);
    const level = flipped ? row : data.depth - 1 - row;
    const seen = view();
    for (let i = 0; i < frames; i++) {
      if (data.level[i] !== level) continue;
      const at = place(i, seen, box.width);
      if (at !== undefined && x >= at.x && x < at.x + Math.max(at.width, 1)) return i;
    }
    return -1;
  }

  const percent = (share) => Number((share * 100).toPrecision(3)) + ' %';
  const number = (value) => Number(value.toPrecision(12)).toLocaleString('en-US', { maximumFractionDigits: 1 });

  function describe(i) {
    if (i < 0) return '';
    const value = number(data.value[i]) + ' ' + data.unit + ', ' + percent(data.value[i] / data.total);
    const own = 'itself ' + percent(data.self[i] / data.total);
    const change =
      data.change === null ? '' : '; ' + (data.change[i] >= 0 ? '+' : '') + data.change[i] + ' points against before';
    return data.names[data.name[i]] + ' — ' + value + ' (' + own + ')' + change;
  }

  canvas.onmousemove = (event) => {
    const frame = frameAt(event);
    if (frame === hovered) return;
    hovered = frame;
    details.textContent = describe(frame);
    draw();
  };
  canvas.onmouseleave = () => {
    hovered = -1;
    details.textContent = '';
    draw();
  };
  canvas.onclick = (event) => {
    const frame = frameAt(event);
    if (frame >= 0) zoom(frame);
  };
  search.oninput = () => {
    pattern = null;
    matched.textContent = '';
    search.setCustomValidity('');
    if (search.value !== '') {
      try {
        const wanted = new RegExp(search.value, 'i');
        pattern = data.names.map((name) => wanted.test(name));
        matched.textContent = 'matched ' + percent(matchedShare());
      } catch {
        matched.textContent = 'not a regular expression';
      }
    }
    draw();
  };
  root.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') zoom(-1);
  });
  if (window.ResizeObserver) new ResizeObserver(draw).observe(root);
  draw();
}
