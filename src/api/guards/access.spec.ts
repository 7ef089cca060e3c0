import { Allow, declaredAccess, Public } from './access';

@Allow('admin')
class Guarded {
  inherited(): void {}
  @Public()
  open(): void {}
  @Allow('operator', 'auditor')
  other(): void {}
}

class Forgotten {
  route(): void {}
}

describe('declaredAccess', () => {
  const of = (name: 'inherited' | 'open' | 'other') => declaredAccess(Guarded, Guarded.prototype[name]);

  it('is what the controller says unless the route says otherwise', () => {
    expect(of('inherited')).toEqual(['admin']);
    expect(of('open')).toBe('public');
    expect(of('other')).toEqual(['operator', 'auditor']);
  });

  it('is undefined where nothing was declared', () => {
    expect(declaredAccess(Forgotten, Forgotten.prototype.route)).toBeUndefined();
  });
});
