import type { Role } from '../../contract/caller';

/** Who may use a route: everybody, or callers that hold one of the roles. */
export type Access = 'public' | readonly Role[];

type Target = abstract new (...args: never[]) => unknown;
type Handler = (...args: never[]) => unknown;

const declared = new WeakMap<object, Access>();

/** Needs an API key with one of the roles. On a route, or on a controller for all its routes. */
export function Allow(...roles: [Role, ...Role[]]): MethodDecorator & ClassDecorator {
  return declare(roles);
}

/** Needs no API key and is not throttled: probes, metrics, documentation. */
export function Public(): MethodDecorator & ClassDecorator {
  return declare('public');
}

/** What the route, or else its controller, declares. Undefined is a mistake in the code: such a route answers nobody. */
export function declaredAccess(controller: Target, handler: Handler): Access | undefined {
  return declared.get(handler) ?? declared.get(controller);
}

function declare(access: Access): MethodDecorator & ClassDecorator {
  return (target: object, _key?: string | symbol, descriptor?: PropertyDescriptor) => {
    declared.set((descriptor?.value as object | undefined) ?? target, access);
  };
}
