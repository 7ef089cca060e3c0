// The dashboards that Gatehouse brings, by the name of their file. `npm run generate` writes them.
import { compliance } from './compliance.mjs';
import { cost } from './cost.mjs';
import { dashboard } from './dashboard.mjs';
import { overview } from './overview.mjs';
import { reliability } from './reliability.mjs';

export const DASHBOARDS = Object.fromEntries(
  [overview, cost, reliability, compliance].map((one) => [one.name, dashboard(one)]),
);
