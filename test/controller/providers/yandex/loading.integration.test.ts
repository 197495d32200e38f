import { expect, test } from 'vitest'
import { start } from '../../../support/process.ts'

const program = `
import module from 'node:module'
import { providers } from './controller/providers/index.ts'
const yandex = providers.find(({ type }) => type === 'yandex')
const template = { folder: 'b1gfolder', cores: 2, memory: '4GiB', subnets: { 'ru-central1-a': 'e9bsubnet' } }
const pool = { name: 'edge', slots: 3, zones: ['ru-central1-a'] }
const deps = { sleep: async () => {}, now: () => 0, random: () => 0, folder: '/', pools: ['edge'], log: { warn() {} } }
const loaded = () => Object.keys(module._cache).some((file) => /@yandex-cloud|grpc/.test(file))
const provider = yandex.settings.parse({ template, auth: { keyFile: 'none' } }).open(pool, { ...deps, readFile: async () => '{}' })
const before = loaded()
const listing = await provider.list(AbortSignal.timeout(10_000))
console.log(JSON.stringify({ before, after: loaded(), listing: listing.kind }))
`

test('of the SDK nothing is loaded before a call is made', async () => {
  const child = await start([process.execPath, '--input-type=module', '--eval', program])
  await child.exited
  expect(child.stderr()).toBe('')
  expect(JSON.parse(child.stdout())).toEqual({ before: false, after: true, listing: 'failed' })
})
