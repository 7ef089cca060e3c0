/** C2SP tlog-cosignature: what a witness signs. @param body of the checkpoint, ends with a newline */
export function cosignatureMessage(body: string, time: number): string {
  return `cosignature/v1\ntime ${time}\n${body}`;
}

/** The time in a cosignature: seconds since the epoch. */
export function timeOf(signature: Buffer): number | undefined {
  if (signature.length < 8) return undefined;
  const time = signature.readBigUInt64BE(0);
  return time <= Number.MAX_SAFE_INTEGER ? Number(time) : undefined;
}
