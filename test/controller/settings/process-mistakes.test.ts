import { expect, test } from 'vitest'
import { sayProblem } from '../../../controller/policy/problem.ts'
import { loadSettings } from '../../../controller/settings.ts'
import { filesOf } from '../policy/support.ts'

const relay = { name: 'relay', command: ['relay'] }
const the = (name: string): string => `\${${name}}`

test.for<{ name: string; system: object[]; says: RegExp | undefined }>([
  { name: 'what is sound is taken', system: [relay], says: undefined },
  {
    name: 'with all that is known',
    system: [
      { ...relay, command: ['x', the('host'), the('zone'), the('index'), the('data'), the('folder')] },
    ],
    says: undefined,
  },
  { name: 'two of one name', system: [relay, relay], says: /pools\.local\.system: names one twice/ },
  {
    name: 'a name that cannot be one of a file',
    system: [{ ...relay, name: '../x' }],
    says: /system\[0\]\.name/,
  },
  { name: 'no command', system: [{ name: 'relay' }], says: /system\[0\]\.command: is missing/ },
  {
    name: 'a variable that is only for instances',
    system: [{ ...relay, env: { A: the('port') } }],
    says: /system\[0\]\.env\.A: \$\{port\} is not known/,
  },
  { name: 'a container', system: [{ ...relay, image: 'x' }], says: /system\[0\]\.image: unknown key/ },
])('system processes: $name', ({ system, says }) => {
  const pool = { provider: 'process', slots: 1, hosts: { min: 0, max: 1 }, system }
  const files = filesOf({ '/srv/capuchin.yaml': JSON.stringify({ pools: { local: pool } }) })
  const loaded = loadSettings('/srv/capuchin.yaml', { files, machine: { cores: 2 } })
  const said = loaded.kind === 'refused' ? loaded.problems.map(sayProblem).join('\n') : ''
  if (says === undefined) expect(said).toBe('')
  else expect(said).toMatch(says)
})
