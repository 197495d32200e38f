import { z } from 'zod'

const message = 'is not available in this version'

/** A key that policies will have and this version cannot obey: refused by name, since ignoring it would deceive. */
export const laterKey = z.never({ error: message }).optional()

const laterNames: ReadonlySet<unknown> = new Set(['yandex', 'kafka', 'etcd'])

/** What to say of a provider, source or store that this version does not have, as long as its registry lacks it. */
export function sayLater(name: unknown, choices: readonly string[]): string | undefined {
  if (!laterNames.has(name)) return undefined
  return `${name} ${message}; there is ${choices.join(', ')}`
}
