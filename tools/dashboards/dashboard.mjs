// What every dashboard shares: panels three in a row, a data source that is chosen on the page, links to each other.
const WIDTH = 24;
const HEIGHT = 8;
const SOURCE = { type: 'prometheus', uid: '${datasource}' };

/**
 * One figure over time, or the newest of it.
 * @param {string} title
 * @param {Record<string, string>} queries legends and PromQL expressions
 * @param {{unit?: string, type?: string, wide?: boolean, stack?: boolean, says?: string, limits?: [string, number | null][]}} [style]
 */
export function panel(title, queries, { unit = 'short', type = 'timeseries', wide, stack, says, limits } = {}) {
  const steps = (limits ?? [['green', null]]).map(([color, value]) => ({ color, value }));
  return {
    title,
    type,
    ...(says && { description: says }),
    datasource: SOURCE,
    wide,
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        thresholds: { mode: 'absolute', steps },
        ...(type === 'timeseries' && {
          custom: { fillOpacity: stack ? 30 : 5, stacking: { mode: stack ? 'normal' : 'none' }, showPoints: 'never' },
        }),
      },
      overrides: [],
    },
    options:
      type === 'timeseries'
        ? { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } }
        : { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: limits ? 'background' : 'value' },
    targets: Object.entries(queries).map(([legendFormat, expr], i) => ({
      refId: String.fromCharCode(65 + i),
      datasource: SOURCE,
      expr,
      legendFormat,
      exemplar: type === 'timeseries' && expr.includes('_bucket'),
      range: true,
    })),
  };
}

/** Percentiles of a histogram. @param {string} by labels, comma-separated */
export const quantiles = (metric, by = '') =>
  Object.fromEntries(
    [0.5, 0.95, 0.99].map((q) => [
      `p${q * 100}${by && ` {{${by.split(',')[0]}}}`}`,
      `histogram_quantile(${q}, sum by (le${by && `,${by}`}) (rate(${metric}_bucket[$__rate_interval])))`,
    ]),
  );

export const perSecond = (metric, by, filter = '') => `sum by (${by}) (rate(${metric}${filter}[$__rate_interval]))`;

/** @param {{name: string, title: string, says: string, sections: Record<string, object[]>}} of */
export function dashboard({ name, title, says, sections }) {
  const panels = [];
  let y = 0;
  for (const [section, members] of Object.entries(sections)) {
    panels.push({
      type: 'row',
      title: section,
      collapsed: false,
      gridPos: { x: 0, y: y++, w: WIDTH, h: 1 },
      panels: [],
    });
    let x = 0;
    for (const { wide, ...member } of members) {
      const w = wide ? WIDTH : WIDTH / 3;
      if (x + w > WIDTH) [x, y] = [0, y + HEIGHT];
      panels.push({ ...member, gridPos: { x, y, w, h: HEIGHT } });
      x += w;
    }
    y += HEIGHT;
  }
  return {
    uid: `gatehouse-${name}`,
    title,
    description: says,
    tags: ['gatehouse'],
    timezone: 'browser',
    schemaVersion: 41,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    links: [{ type: 'dashboards', title: 'Gatehouse', tags: ['gatehouse'], asDropdown: true, keepTime: true }],
    templating: {
      list: [{ name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Prometheus' }],
    },
    panels: panels.map((one, i) => ({ id: i + 1, ...one })),
  };
}
