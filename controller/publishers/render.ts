import type { Published } from './publisher.ts'

/** `host:port`, with the brackets that an IPv6 address needs. */
export const addressOf = ({ address, port }: Pick<Published, 'address' | 'port'>): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

/** The same list in the same order, whatever order it was given in. */
export const sortedBy = <T>(list: readonly T[], key: (item: T) => string): T[] =>
  list
    .map((item) => ({ item, at: key(item) }))
    .sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)))
    .map(({ item }) => item)

export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
