import { hint } from './nearest.ts'

/** What providers put in place of `${...}` in commands and environments when an instance starts. */
export const variables = {
  port: 'the port that the instance has to listen on',
  data: 'a folder of its own, which is kept when the instance goes',
} as const

/** One sentence for each `${...}` that nothing would replace. */
export function unknownVariables(text: string): string[] {
  const names = Object.keys(variables)
  const known = names.map((name) => `\${${name}}`).join(', ')
  const faults: string[] = []
  for (const [whole, name = ''] of text.matchAll(/\$\{([^}]*)(?:\}|$)/g)) {
    if (!whole.endsWith('}')) faults.push(`${whole} lacks its closing brace`)
    else if (!names.includes(name))
      faults.push(`${whole} is not known${hint(name, names) || `; there is ${known}`}`)
  }
  return faults
}
