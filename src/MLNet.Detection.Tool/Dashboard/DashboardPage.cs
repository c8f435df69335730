namespace MLNet.Detection.Tool.Dashboard;

/// <summary>The page: it loads nothing from elsewhere.</summary>
internal static class DashboardPage
{
    /// <summary>The page for a run.</summary>
    /// <param name="token">What the run is stopped with; hexadecimal digits.</param>
    public static string Html(string token) => Text.Replace("TOKEN", token, StringComparison.Ordinal);

    private const string Text = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>Training</title><style>
        body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #222 }
        h1 { font-size: 1.3rem } svg { width: 100%; height: 15rem; border: 1px solid #ddd } button { font: inherit; padding: .3rem 1rem }
        #pictures img { width: 12rem; margin: .3rem; vertical-align: top } .key { margin-right: 1rem } polyline { fill: none; stroke-width: 1.5 }
        </style></head><body>
        <h1>Training <span id="state">...</span></h1>
        <p id="status"></p><p><button id="stop">Stop, and keep a checkpoint</button></p>
        <h2>Loss</h2><svg id="loss" viewBox="0 0 1000 240" preserveAspectRatio="none"></svg><p id="losskeys"></p>
        <h2>Validation</h2><svg id="metrics" viewBox="0 0 1000 240" preserveAspectRatio="none"></svg><p id="metricskeys"></p>
        <h2>Last predictions</h2><div id="pictures"></div>
        <script>
        const colors = ['#1f5fbf', '#d2691e', '#2e8b57', '#8b2e6b', '#777', '#b8860b'];
        let steps = [], epochs = [];
        const $ = id => document.getElementById(id);
        function curve(id, rows, x, keys) {
          const points = keys.map(key => rows.filter(r => r[key] != null).map(r => [r[x], r[key]])).filter(p => p.length);
          const all = points.flat(), least = a => a.reduce((m, v) => Math.min(m, v), Infinity), most = a => a.reduce((m, v) => Math.max(m, v), -Infinity);
          if (!all.length) return;
          const x0 = least(all.map(p => p[0])), x1 = Math.max(x0 + 1, most(all.map(p => p[0])));
          const y0 = Math.min(0, least(all.map(p => p[1]))), y1 = Math.max(y0 + 1e-9, most(all.map(p => p[1])));
          $(id).replaceChildren(...points.map((p, i) => {
            const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
            line.setAttribute('stroke', colors[i % colors.length]);
            line.setAttribute('points', p.map(([a, b]) => `${(a - x0) / (x1 - x0) * 1000},${235 - (b - y0) / (y1 - y0) * 230}`).join(' '));
            return line;
          }));
          $(id + 'keys').replaceChildren(...keys.map((key, i) => {
            const span = document.createElement('span'), last = rows.findLast(r => r[key] != null);
            span.className = 'key'; span.style.color = colors[i % colors.length];
            span.textContent = `${key.replace(/^(term|metric) /, '')} ${last ? Number(last[key]).toPrecision(4) : ''}`;
            return span;
          }));
        }
        const named = (rows, start) => [...new Set(rows.flatMap(r => Object.keys(r).filter(k => k.startsWith(start))))];
        function show() {
          const last = steps.at(-1);
          if (last) $('status').textContent = `Epoch ${last.epoch} of ${last.epochs}, step ${last.step} of ${last.steps}, `
            + `rate ${Number(last.rate).toPrecision(3)}, about ${new Date(1000 * last.left).toISOString().slice(11, 19)} left`;
          curve('loss', steps, 'step', ['loss', ...named(steps, 'term ')]);
          curve('metrics', epochs, 'epoch', named(epochs, 'metric '));
        }
        function pictures(count, version) {
          $('pictures').replaceChildren(...Array.from({ length: count }, (_, i) => Object.assign(new Image(), { src: `/pictures/${i}?${version}` })));
        }
        const source = new EventSource('/events');
        source.onopen = () => $('state').textContent = '';
        source.onmessage = event => {
          const m = JSON.parse(event.data);
          if (m.kind === 'history') { steps = m.steps; epochs = m.epochs; pictures(m.pictures, epochs.length); }
          else if (m.kind === 'step') steps.push(m);
          else if (m.kind === 'epoch') { epochs.push(m); pictures(m.pictures, m.epoch); }
          else if (m.kind === 'end') { $('state').textContent = 'has ended'; $('stop').disabled = true; source.close(); }
          show();
        };
        source.onerror = () => { $('state').textContent = 'is not heard of'; };
        $('stop').onclick = async () => {
          $('stop').disabled = true;
          const answer = await fetch('/stop', { method: 'POST', headers: { 'X-Token': 'TOKEN' } });
          $('state').textContent = answer.ok ? 'is stopping after this step' : 'could not be stopped';
        };
        </script></body></html>
        """;
}
