import { expect, test } from 'vitest'
import { doctor } from '../../../controller/commands/doctor.ts'
import { filesOf } from '../policy/support.ts'
import { witness } from './support.ts'

const subnets = { 'ru-central1-a': 'e9bexample', 'ru-central1-b': 'e2lexample' }
const template = { folder: 'b1gexample', cores: 2, memory: '4GiB', subnets }
const pools = {
  edge: { provider: 'yandex', slots: 3, hosts: { min: 0, max: 4 }, template },
  local: { provider: 'process', slots: 3, hosts: { min: 0, max: 4 } },
}
const files = filesOf({ '/srv/capuchin.yaml': JSON.stringify({ sources: {}, pools }) })

test.for([
  { name: 'money without a pool', args: ['--yes'], says: '--yes is for --yandex POOL' },
  { name: 'a pool that is not there', args: ['--yandex', 'edgy'], says: 'did you mean "edge"' },
  {
    name: 'a pool of another provider',
    args: ['--yandex', 'local'],
    says: 'pool local is of provider process, not yandex',
  },
  {
    name: 'a zone that the pool has not',
    args: ['--yandex', 'edge', '--zone', 'mars'],
    says: 'pool edge has no zone mars; it has ru-central1-a, ru-central1-b',
  },
  {
    name: 'a port that is none',
    args: ['--yandex', 'edge', '--port', 'http'],
    says: '--port has to be a number',
  },
  {
    name: 'a path that is none',
    args: ['--yandex', 'edge', '--probe', 'ready'],
    says: '--probe has to be a path',
  },
  { name: 'no image', args: ['--yandex', 'edge', '--image', ''], says: '--image needs the name' },
])('$name is wrong usage, and nobody is asked', async ({ args, says }) => {
  const context = witness(files)
  expect(await doctor.run(args, context)).toBe(2)
  expect(context.complaints.join('\n')).toContain(says)
  expect(context.written).toEqual([])
})

test('settings that are wrong are told as by every command', async () => {
  const context = witness(filesOf({ '/srv/capuchin.yaml': JSON.stringify({ pools: {} }) }))
  expect(await doctor.run(['--yandex', 'edge'], context)).toBe(1)
  expect(context.complaints.at(-1)).toContain('nothing was tried')
})
