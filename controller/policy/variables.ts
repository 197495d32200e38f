import { hint } from './nearest.ts'

/** What stands for `${...}` in commands and environments when an instance starts. Providers that run commands know all of it. */
export type Variable = (typeof variables)[number]

const variables = ['port', 'data', 'id', 'host', 'zone', 'slot', 'address'] as const

/** One sentence for each `${...}` that nothing would replace. */
export function unknownVariables(text: string): string[] {
  const known = variables.map((name) => `\${${name}}`).join(', ')
  const faults: string[] = []
  for (const [whole, name = ''] of text.matchAll(/\$\{([^}]*)(?:\}|$)/g)) {
    if (!whole.endsWith('}')) faults.push(`${whole} lacks its closing brace`)
    else if (!variables.some((one) => one === name)) {
      faults.push(`${whole} is not known${hint(name, variables) || `; there is ${known}`}`)
    }
  }
  return faults
}
