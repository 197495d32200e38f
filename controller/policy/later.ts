const message = 'is not available in this version'

const laterNames: ReadonlySet<unknown> = new Set(['etcd'])

/** What to say of a provider, source or store that this version does not have, as long as its registry lacks it. */
export function sayLater(name: unknown, choices: readonly string[]): string | undefined {
  if (!laterNames.has(name)) return undefined
  return `${name} ${message}; there is ${choices.join(', ')}`
}
