// The server stays up when another `npm test` still uses it.
export default async function globalTeardown() {
  await globalThis.testServer?.stop();
}
