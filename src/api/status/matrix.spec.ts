import { DEPENDENCIES, type Dependency } from '../../contract/control';
import { CONTROLS } from './controls';
import { cellsOf, verdict } from './matrix';

const cells = cellsOf(CONTROLS);
const without = (...away: Dependency[]) => verdict(cells, new Set(away));

describe('the failure matrix', () => {
  it('has a cell for every control and every dependency, and each says something', () => {
    expect(cells).toHaveLength(CONTROLS.length * DEPENDENCIES.length);
    expect(new Set(cells.map(({ control, dependency }) => control + dependency)).size).toBe(cells.length);
    for (const { does, control } of cells) expect([control, does]).toEqual([control, expect.stringMatching(/\S.*\.$/)]);
    for (const { name } of CONTROLS) expect(name).toMatch(/^[a-z_]+$/);
  });

  it('says how calls fare', () => {
    expect(without()).toBe('ok');
    expect(without('redis')).toBe('degraded');
    expect(without('provider', 'dns')).toBe('degraded');
    expect(without('redis', 'postgresql')).toBe('closed');
    expect(without('disk')).toBe('closed');
  });
});
