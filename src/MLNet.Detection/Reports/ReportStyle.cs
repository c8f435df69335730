namespace MLNet.Detection.Reports;

/// <summary>The style sheets of reports and of charts in files of their own.</summary>
internal static class ReportStyle
{
    private const string Colors = """
        :root {
          color-scheme: light dark;
          --ground: #f6f7f9; --card: #ffffff; --text: #1c2430; --quiet: #5c6775; --rule: #dfe3e9;
          --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #cc79a7; --c4: #c98a00; --c5: #3a9bd9; --c6: #6b7280;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #12161c; --card: #1b2129; --text: #e6eaf0; --quiet: #9aa6b5; --rule: #303946;
            --c0: #4aa3e0; --c1: #f07f2e; --c2: #2dc39a; --c3: #e19ac3; --c4: #f0b429; --c5: #8ccbf5; --c6: #a3adba;
          }
        }
        """;

    private const string Lines = """
        .grid { stroke: var(--rule); } .axis { stroke: var(--quiet); }
        .tick { font-size: 11px; fill: var(--quiet); } .label { font-size: 12px; fill: var(--quiet); }
        .line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
        .faint { fill: none; stroke: var(--c); stroke-width: 1; opacity: .28; }
        circle { fill: var(--c); }
        .again .line { stroke-dasharray: 6 4; }
        .c0 { --c: var(--c0); } .c1 { --c: var(--c1); } .c2 { --c: var(--c2); } .c3 { --c: var(--c3); }
        .c4 { --c: var(--c4); } .c5 { --c: var(--c5); } .c6 { --c: var(--c6); }
        """;

    /// <summary>For a chart's own file.</summary>
    public const string Chart = Colors + "\n" + Lines + "\n" + """
        svg { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
        .card { fill: var(--card); stroke: var(--rule); } .title { font-size: 14px; font-weight: 600; fill: var(--text); }
        """;

    /// <summary>For a page.</summary>
    public const string Sheet = Colors + "\n" + Lines + "\n" + """
        * { box-sizing: border-box; }
        body {
          margin: 0; background: var(--ground); color: var(--text);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
        }
        header, main { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
        header { padding-top: 36px; }
        h1 { font-size: 28px; line-height: 1.2; letter-spacing: -.01em; margin: 0; }
        header p { color: var(--quiet); margin: 6px 0 20px; }
        h2 { font-size: 18px; margin: 36px 0 12px; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 0; }
        .figures > div, .chart, .gallery figure, .scroll, .settings, .problems {
          background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
        }
        .figures > div { padding: 14px 16px; }
        .figures dt { color: var(--quiet); font-size: 13px; }
        .figures dd { margin: 0; font-size: 26px; font-weight: 650; line-height: 1.25; }
        .figures dd { font-variant-numeric: tabular-nums; }
        .figures .note { font-size: 12px; font-weight: 400; color: var(--quiet); min-height: 1.25em; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(480px, 100%), 1fr)); gap: 12px; }
        .chart { margin: 0; padding: 14px 16px; min-width: 0; }
        .wide { grid-column: 1 / -1; }
        figcaption { font-weight: 600; font-size: 14px; margin-bottom: 6px; }
        svg { display: block; width: 100%; height: auto; }
        .legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin-top: 6px; }
        .legend { font-size: 13px; color: var(--quiet); }
        .legend i, .classes i {
          display: inline-block; width: 14px; height: 0; border-top: 3px solid var(--c); margin-right: 6px;
          vertical-align: middle;
        }
        .again i { border-top-style: dashed; }
        table { width: 100%; border-collapse: collapse; font-size: 14px; }
        th { text-align: left; font-weight: 600; white-space: nowrap; }
        th, td { padding: 5px 10px; border-top: 1px solid var(--rule); }
        thead th { color: var(--quiet); font-size: 12.5px; }
        thead th, .chart tr:first-child > *, .settings tr:first-child > * { border-top: 0; }
        .number { text-align: right; font-variant-numeric: tabular-nums; }
        .meaning { color: var(--quiet); font-size: 13px; width: 70%; }
        .scroll { margin-top: 12px; padding: 6px; overflow-x: auto; }
        .cell { background: color-mix(in srgb, var(--c0) calc(var(--share) * .55), transparent); }
        .bar { width: 34%; } .bar b { display: block; height: 8px; border-radius: 4px; background: var(--c); }
        .pictures label { display: inline-flex; align-items: center; gap: 6px; margin: 0 18px 12px 0; cursor: pointer; }
        .pictures label i { width: 22px; border-top: 2.5px solid var(--c0); }
        .pictures label .dashed { border-top: 2.5px dashed var(--quiet); }
        .gallery { display: grid; gap: 12px; align-items: start; }
        .gallery { grid-template-columns: repeat(auto-fill, minmax(260px, 1fr)); }
        .gallery figure { margin: 0; overflow: hidden; }
        .gallery figcaption {
          display: flex; justify-content: space-between; gap: 10px; margin: 0; padding: 7px 12px; font-size: 12.5px;
          font-weight: 500;
          overflow-wrap: anywhere;
        }
        .gallery figcaption span { color: var(--quiet); font-weight: 400; white-space: nowrap; }
        .gallery rect { vector-effect: non-scaling-stroke; }
        .box { fill: none; stroke: var(--c); stroke-width: 2.5; }
        .halo { fill: none; stroke: #000; stroke-width: 3; opacity: .45; }
        .dash { fill: none; stroke: #fff; stroke-width: 1.5; stroke-dasharray: 5 4; }
        .tag { fill: var(--c, #111); } .truth .tag { opacity: .85; }
        .tag-text { fill: #fff; font-weight: 600; }
        .gallery { --c0: #0072b2; --c1: #c65600; --c2: #00855f; --c3: #b4528b; --c4: #946600; }
        .gallery { --c5: #2b7fb8; --c6: #59616e; }
        .pictures:has(.show-found:not(:checked)) .found { display: none; }
        .pictures:has(.show-truth:not(:checked)) .truth { display: none; }
        .settings { border-collapse: separate; border-spacing: 0; }
        .settings th { width: 30%; font-weight: 500; color: var(--quiet); } .settings td { overflow-wrap: anywhere; }
        .problems { margin: 0; padding: 12px 12px 12px 32px; font-size: 14px; overflow-wrap: anywhere; }
        .scroll + .problems { margin-top: 12px; }
        main { padding-bottom: 48px; }
        @media print { body { background: #fff; } section { break-inside: avoid; } }
        """;
}
