import type { ExecutionContext } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host';
import type { Caller, Role } from '../../contract/caller';
import type { AccessRecords } from '../../features/audit';
import type { KeyRing } from '../../features/tenancy';
import { Allow, Public } from './access';
import { ApiKeyGuard } from './api-key.guard';

class Routes {
  forgotten(): void {}
  @Public()
  open(): void {}
  @Allow('operator', 'admin')
  closed(): void {}
}

describe('ApiKeyGuard', () => {
  const holding = (...roles: Role[]): ApiKeyGuard => {
    const caller = { keyId: 'k', roles: new Set(roles) } as unknown as Caller;
    const records = { granted: () => undefined, refused: () => undefined } as unknown as AccessRecords;
    return new ApiKeyGuard({ authenticate: () => Promise.resolve(caller) } as unknown as KeyRing, records);
  };
  const asking = (route: 'forgotten' | 'open' | 'closed'): ExecutionContext =>
    new ExecutionContextHost([{ headers: { 'x-api-key': 'gh_' } }, {}], Routes, Routes.prototype[route]);

  it('closes a route that declares nothing, even to keys that may do everything', async () => {
    const everything = holding('client', 'auditor', 'operator', 'admin');
    await expect(async () => everything.canActivate(asking('forgotten'))).rejects.toMatchObject({ code: 'internal' });
  });

  it('is content with one of several roles, and names them when there is none', async () => {
    expect(await holding('admin').canActivate(asking('closed'))).toBe(true);
    await expect(holding('client', 'auditor').canActivate(asking('closed'))).rejects.toMatchObject({
      code: 'forbidden',
      message: 'This API key lacks the role operator or admin',
    });
  });

  it('asks nobody at a public route', () => {
    expect(holding().canActivate(asking('open'))).toBe(true);
  });
});
