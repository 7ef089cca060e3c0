import type { DependencyChanged } from '../../contract/events';
import { EventBus } from '../events/event-bus';
import { DatabaseState } from './database-state.service';

const GONE = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });
const FULL = Object.assign(new Error('No space left on device'), { code: '53100' });

describe('DatabaseState', () => {
  let changes: DependencyChanged[];
  let state: DatabaseState;
  beforeEach(() => {
    changes = [];
    const events = new EventBus();
    events.on('dependency.changed', (change) => changes.push(change));
    state = new DatabaseState(events);
  });

  it('says once that it is away, and once that it is back', () => {
    state.report('opens', GONE);
    state.report('opens', GONE);
    expect(state.has('postgresql')).toBe(true);
    state.report('opens');
    state.report('opens');
    expect(changes).toEqual([
      { dependency: 'postgresql', up: false, reason: 'connection refused' },
      { dependency: 'postgresql', up: true },
    ]);
  });

  it('is well only when it is for everybody', () => {
    state.report('opens', GONE);
    state.report('closes', GONE);
    state.report('closes');
    expect(state.has('postgresql')).toBe(true);
    state.report('opens');
    expect(changes.map(({ up }) => up)).toEqual([false, true]);
  });

  it('tells a full disk from a database that is gone', () => {
    state.report('opens', GONE);
    state.report('opens', FULL);
    expect([state.has('postgresql'), state.has('disk')]).toEqual([false, true]);
    expect(changes.map(({ dependency, up }) => [dependency, up])).toEqual([
      ['postgresql', false],
      ['postgresql', true],
      ['disk', false],
    ]);
  });
});
