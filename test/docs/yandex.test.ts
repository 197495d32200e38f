import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { sayProblem } from '../../controller/policy/problem.ts'
import { loadConfiguration } from '../../controller/settings.ts'
import { filesOf } from '../controller/policy/support.ts'

const page = readFileSync(resolve(import.meta.dirname, '../../docs/yandex.md'), 'utf8')
const blocks = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']) => text)

test('the pool and the policy of docs/yandex.md are sound together', () => {
  const [settings = '', policy = ''] = blocks
  const files = filesOf({ '/srv/capuchin.yaml': settings, '/srv/policies/ingest.yaml': policy })
  const loaded = loadConfiguration('/srv/capuchin.yaml', { files, machine: { cores: 2 } })
  expect(loaded.kind === 'refused' ? loaded.problems.map(sayProblem) : []).toEqual([])
  expect(blocks).toHaveLength(2)
})

test('the commented pool of capuchin.yaml is sound', () => {
  const text = readFileSync(resolve(import.meta.dirname, '../../capuchin.yaml'), 'utf8')
  const commented = text.split('\n').filter((line) => line.startsWith('  #: '))
  const pools = parse(commented.map((line) => line.slice('  #: '.length)).join('\n'))
  const settings = JSON.stringify({ sources: {}, pools })
  const files = filesOf({
    '/srv/capuchin.yaml': settings,
    '/srv/policies/x.yaml':
      'workload: x\nenabled: false\npool: edge\nrun: { image: x }\nsize: { min: 1, max: 2 }\n',
  })
  const loaded = loadConfiguration('/srv/capuchin.yaml', { files, machine: { cores: 2 } })
  expect(loaded.kind === 'refused' ? loaded.problems.map(sayProblem) : []).toEqual([])
})
