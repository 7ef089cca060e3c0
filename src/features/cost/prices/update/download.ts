/** Both bounds hold for the whole download. */
export interface DownloadBounds {
  readonly deadlineMs: number;
  readonly maxBytes: number;
}

/**
 * The text at that URL.
 * @throws Error it is no http or https URL, it did not answer in time or not with 200, or it is longer than allowed
 */
export async function download(url: string, { deadlineMs, maxBytes }: DownloadBounds): Promise<string> {
  const { protocol } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') throw new Error(`${protocol} is neither https: nor http:`);
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    const response = await fetch(url, { signal: deadline, headers: { accept: 'application/json' } });
    if (response.status !== 200 || !response.body) throw new Error(`it answered ${response.status}`);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw new Error(`it is longer than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    if (deadline.aborted) throw new Error(`it did not answer within ${deadlineMs / 1_000} s`, { cause: error });
    // fetch says only that it failed; why is in the cause
    const { message, cause } = error as Error & { cause?: { message?: string } };
    throw new Error(cause?.message || message, { cause: error });
  }
}
