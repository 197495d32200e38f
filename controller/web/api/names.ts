import { isIP } from 'node:net'

/** Whether only programs of this machine reach what listens there. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/**
 * Whether a request that came to an address of this machine meant us, by its Host. A page of a foreign name that was made to point
 * here (DNS rebinding) is told by that name. Addresses are safe: whoever was asked by address is who was meant.
 */
export function isMeant(host: string | undefined, names: readonly string[]): boolean {
  if (host === undefined || host === '') return true
  const name = hostnameOf(host)
  if (name === undefined) return false
  return isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || names.includes(name)
}

/** Without port and brackets, in lower case; undefined for what is no host. */
function hostnameOf(host: string): string | undefined {
  if (!URL.canParse(`http://${host}`)) return undefined
  return new URL(`http://${host}`).hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
}
