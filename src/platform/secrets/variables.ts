/** Environment variables as they were at start. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** An empty variable counts as not set. */
export function textOf(variables: Variables, name: string): string | undefined {
  return variables[name]?.trim() || undefined;
}
