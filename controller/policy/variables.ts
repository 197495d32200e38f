import { hint } from './nearest.ts'

/** What stands for `${...}` in commands and environments when an instance starts. Providers that run commands know all of it. */
export type Variable = (typeof variables)[number]

const variables = ['port', 'data', 'id', 'host', 'zone', 'slot', 'address'] as const

/** One sentence for each `${...}` that nothing would replace; by default, in what an instance is started with. */
export function unknownVariables(text: string, names: readonly string[] = variables): string[] {
  const known = names.map((name) => `\${${name}}`).join(', ')
  const faults: string[] = []
  for (const [whole, name = ''] of text.matchAll(/\$\{([^}]*)(?:\}|$)/g)) {
    if (!whole.endsWith('}')) faults.push(`${whole} lacks its closing brace`)
    else if (!names.some((one) => one === name)) {
      faults.push(`${whole} is not known${hint(name, names) || `; there is ${known}`}`)
    }
  }
  return faults
}
