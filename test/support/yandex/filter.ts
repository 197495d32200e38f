import { type Instance, instance_StatusToJSON } from '@yandex-cloud/nodejs-sdk/compute-v1/instance'
import { invalid } from './refused.ts'

/** Fields that listings may be filtered by, as documented. Labels are none of them. */
const FIELDS: Readonly<Record<string, (instance: Instance) => string>> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  created_at: ({ createdAt }) => createdAt?.toISOString() ?? '',
  status: ({ status }) => instance_StatusToJSON(status),
  zone_id: ({ zoneId }) => zoneId,
  platform_id: ({ platformId }) => platformId,
  host_id: ({ hostId }) => hostId,
}

const VALUE = `"(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'`
const CONDITION = new RegExp(
  `^\\s*(\\w[\\w.]*)\\s*(!=|=|NOT\\s+IN|IN)\\s*(${VALUE}|\\((?:\\s*(?:${VALUE})\\s*,?)+\\s*\\))\\s*(?:AND\\s+|$)`,
)

type Test = (instance: Instance) => boolean

/** What a filter such as `name="x" AND status IN ("RUNNING")` lets through. Throws `Refused` where it is not understood. */
export function filterOf(expression: string): Test {
  const tests: Test[] = []
  for (let rest = expression; rest.trim() !== ''; ) {
    const [all = '', field = '', operator = '', value = ''] = CONDITION.exec(rest) ?? []
    if (all === '') throw invalid(`Request validation error: Filter: cannot be understood: ${rest}`)
    const read = FIELDS[field]
    if (read === undefined) throw invalid(`Request validation error: Filter: unknown field ${field}`)
    const values = [...value.matchAll(new RegExp(VALUE, 'g'))].map(([quoted]) => unquoted(quoted))
    const isWanted = !operator.startsWith('!') && !operator.startsWith('NOT')
    tests.push((instance) => values.includes(read(instance)) === isWanted)
    rest = rest.slice(all.length)
  }
  return (instance) => tests.every((test) => test(instance))
}

const unquoted = (text: string): string => text.slice(1, -1).replace(/\\(.)/g, '$1')
