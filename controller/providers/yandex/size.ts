import { z } from 'zod'

const units: Readonly<Record<string, number>> = { MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }

const sayWrong = (input: unknown): string =>
  input === undefined
    ? 'is missing: a size such as 4GiB'
    : `has to be a size such as 4GiB, not ${JSON.stringify(input)}`

/** `4GiB`, `512MiB`, `1.5GiB` in YAML, as bytes. */
export const size = z
  .string({ error: ({ input }) => sayWrong(input) })
  .meta({ pattern: '^(?=.*[1-9])\\d{1,6}(\\.\\d{1,3})?(MiB|GiB|TiB)$', examples: ['4GiB', '512MiB'] })
  .transform((text, context): number => {
    const [, number = '', unit = ''] = /^(\d{1,6}(?:\.\d{1,3})?)(MiB|GiB|TiB)$/.exec(text) ?? []
    const bytes = Math.round(Number(number) * (units[unit] ?? 0))
    if (bytes > 0) return bytes
    context.addIssue({ code: 'custom', message: sayWrong(text) })
    return z.NEVER
  })

/** Bytes as an operator writes them. */
export function saySize(bytes: number): string {
  const unit = bytes >= 2 ** 40 ? 'TiB' : bytes >= 2 ** 30 ? 'GiB' : 'MiB'
  return `${Math.round((bytes / (units[unit] ?? 1)) * 10) / 10} ${unit}`
}
