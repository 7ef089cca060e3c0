import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { AccessRecords } from '../../features/audit';
import { KeyRing } from '../../features/tenancy';
import { type Access, declaredAccess } from './access';
import type { CallerRequest } from './caller-request';
import { presentedKey } from './presented-key';

const GOVERNING = ['auditor', 'operator', 'admin'] as const;

/** Puts the caller on the request. A route that does not declare its access is closed to everybody. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly ring: KeyRing,
    private readonly access: AccessRecords,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = declaredAccess(context.getClass(), context.getHandler() as (...args: never[]) => unknown);
    if (access === 'public') return true;
    if (!access) throw undeclared(context);
    return this.admit(context, access);
  }

  private async admit(context: ExecutionContext, access: Exclude<Access, 'public'>): Promise<boolean> {
    const request = context.getArgByIndex<CallerRequest>(0);
    try {
      request.caller = await this.ring.authenticate(presentedKey(request.headers));
    } catch (error) {
      if (error instanceof GatewayError && error.status === 401) {
        void context.getArgByIndex<FastifyReply>(1).header('www-authenticate', 'Bearer');
        this.access.refused({ reason: 'unauthenticated' });
      }
      throw error;
    }
    const { caller } = request;
    if (!hasOneOf(access, caller)) {
      this.access.refused({ reason: 'forbidden', tenantId: caller.tenantId, keyId: caller.keyId });
      throw lacking(access);
    }
    if (hasOneOf(GOVERNING, caller)) this.access.granted(caller);
    return true;
  }
}

function hasOneOf(roles: Exclude<Access, 'public'>, caller: Caller): boolean {
  for (const role of roles) if (caller.roles.has(role)) return true;
  return false;
}

function lacking(roles: Exclude<Access, 'public'>): GatewayError {
  return new GatewayError(
    'forbidden',
    `This API key lacks the role ${roles.length > 1 ? `${roles.slice(0, -1).join(', ')} or ` : ''}${roles.at(-1)}`,
  );
}

function undeclared(context: ExecutionContext): GatewayError {
  const cause = new Error(
    `${context.getClass().name}.${context.getHandler().name} declares neither @Allow nor @Public`,
  );
  return new GatewayError('internal', 'Internal error', { cause });
}
