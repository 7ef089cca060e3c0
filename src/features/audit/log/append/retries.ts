import { isUnavailable } from '../../../../platform/database/connection';

const BACK_OFF_MS = [50, 100, 200, 400, 800, 1_600];
/** The batch does not follow the last one of its writer: somebody else wrote in its name, or the database lost a batch. */
const NOT_NEXT = '55000';

/** How long to wait before trying again, after so many failures. */
export function backOffMs(failures: number): number {
  return BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)] as number;
}

export function contradicts(error: unknown): boolean {
  return codeOf(error) === NOT_NEXT;
}

/** The connection itself is of no use any more, so that it is not known whether the statement was carried out. */
export function breaksConnection(error: unknown): boolean {
  // a lock that could not be had, or a disk that is full, are answers of a server that is well
  return !/^(55P03|53100)$/.test(codeOf(error) ?? '') && (codeOf(error)?.length !== 5 || isUnavailable(error));
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
