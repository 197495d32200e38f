import { resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makePlace, type Place } from '../support/controller.ts'
import { tempFolder } from '../support/process.ts'
import { until } from '../support/until.ts'
import { type FakeOptions, type FakeYandex, startFakeYandex } from '../support/yandex/fake.ts'
import { processRuntime } from '../support/yandex/process-runtime.ts'

const PORT = 8_231

/** A fake cloud whose containers are processes, and a place whose pool it is. The gateway stands for an image that answers HTTP. */
async function clinic(
  network: number,
  weather: FakeOptions = {},
): Promise<{ fake: FakeYandex; place: Place }> {
  const folder = await tempFolder('doctor')
  const gateway = [process.execPath, resolve('ingest/gateway/main.ts'), '--addr', `0.0.0.0:${PORT}`]
  const runtime = processRuntime({
    ...{ folder, network, workDir: folder, env: { PATH: process.env['PATH'] ?? '' } },
    images: { page: [...gateway, '--sink', 'file', '--dir', `${folder}/data`] },
  })
  const delays = { operationDelay: () => 100, bootDelay: () => 100, applyDelay: 50 }
  const fake = await startFakeYandex({ ...delays, runtime, pulse: 20, ...weather })
  onTestFinished(fake.close)
  return { fake, place: await makePlace({ settings: () => settings(fake), policies: {}, count: 1 }) }
}

const settings = ({ endpoint, ca, keyFile, folder, subnets }: FakeYandex) => ({
  sources: {},
  pools: {
    edge: {
      ...{ provider: 'yandex', slots: 3, hosts: { min: 0, max: 4 }, endpoint, ca, auth: { keyFile } },
      ...{ pricePerHour: 3.1, nodeExporter: false, portBase: PORT },
      template: { folder, cores: 2, memory: '4GiB', subnets },
    },
  },
})

const page = ['--image', 'page', '--port', String(PORT), '--probe', '/ready']
const changes = ({ log }: FakeYandex): string[] =>
  log.filter(({ mutating, service }) => mutating && service !== 'IamTokenService').map(({ method }) => method)

test.concurrent('without --yes it looks, says what it would do and cost, and changes nothing', async () => {
  const { fake, place } = await clinic(141)
  const { code, stdout, stderr } = await place.capuchin('doctor', '--yandex', 'edge')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const text of [
    /^ok {6}sign in: service account \w+, by the key in \S+; its token holds until /m,
    /^ok {6}folder \w+: 0 VMs in it/m,
    /^ok {6}image: \w+ is the newest of container-optimized-image in standard-images/m,
    /^ok {6}subnets: ru-central1-a \(e9bfakesubnet0000000\), /m,
    /^ok {6}quotas: used: 0 of 12 VMs, 0 of 32 vCPUs, 0 of 32 disks/m,
    /^ok {6}room for more: /m,
    /^With --yes it orders the VM doctor-edge-\w+ in zone ru-central1-a/m,
    /^That costs up to 0.517, at 3.1 an hour/m,
    /^Nothing has been changed so far\.$/m,
  ])
    expect(stdout).toMatch(text)
  expect(changes(fake)).toEqual([])
})

test.concurrent('where the cloud does not let it in it says so with the remedy, and goes no further, also with --yes', async () => {
  const { fake, place } = await clinic(147)
  fake.addForeignVm({ name: 'database' })
  await place.writeSettings(settings({ ...fake, folder: fake.foreignFolder }))
  const { code, stdout } = await place.capuchin('doctor', '--yandex', 'edge', '--yes', ...page)
  expect(code, stdout).toBe(1)
  expect(stdout).toMatch(/^FAILED {2}sign in: service account \w+, by the key in \S+: .*PERMISSION_DENIED/m)
  expect(stdout).toMatch(
    /^ {8}to do: check pools\.edge\.auth, and give its account the roles compute\.editor and vpc\.user/m,
  )
  expect(stdout).toContain('Nothing has been changed.')
  expect(changes(fake)).toEqual([])
})

test.concurrent('with --yes it makes a VM, fills a slot, empties it, and deletes the VM', async () => {
  const { fake, place } = await clinic(142)
  const { code, stdout } = await place.capuchin(
    ...['doctor', '--yandex', 'edge', '--yes', '--zone', 'ru-central1-b', ...page],
  )
  expect(code, stdout).toBe(0)
  expect(stdout).toMatch(/^ok {6}wait until it runs: it runs, at 127\.142\./m)
  expect(stdout).toMatch(
    /^ok {6}fill a slot: http:\/\/127\.142\.\S+\/ready answers 200; the update itself took /m,
  )
  expect(stdout).toMatch(/^ok {6}empty the slot: nobody answers any more/m)
  expect(stdout).toContain('Nothing is left of it in the cloud.')
  expect(changes(fake)).toEqual(['Create', 'UpdateMetadata', 'UpdateMetadata', 'Delete'])
  expect(fake.vms()).toEqual([])
  const [made] = fake.effects
  expect(made).toMatchObject({ kind: 'made', name: expect.stringMatching(/^doctor-edge-/) })
})

test.concurrent('what fails in the middle is told with its remedy, and nothing is left', async () => {
  const { fake, place } = await clinic(143, {
    fault: (method) =>
      method.endsWith('UpdateMetadata') ? { code: 7, message: 'Permission denied' } : undefined,
  })
  const { code, stdout } = await place.capuchin('doctor', '--yandex', 'edge', '--yes', '--json', ...page)
  expect(code, stdout).toBe(1)
  const report = JSON.parse(stdout)
  expect(report).toMatchObject({ ok: false, tried: true, left: [] })
  const wrong = report.stages.filter(({ ok }: { ok: boolean }) => !ok)
  expect(wrong).toMatchObject([
    {
      what: 'fill a slot',
      detail: expect.stringContaining('Permission denied'),
      remedy: expect.stringContaining('roles'),
    },
  ])
  expect(fake.vms()).toEqual([])
})

test.concurrent('Ctrl-C while the VM is being made deletes it as soon as that can be', async () => {
  const { fake, place } = await clinic(144, { operationDelay: (kind) => (kind === 'create' ? 4_000 : 100) })
  const child = await place.begin('doctor', '--yandex', 'edge', '--yes', ...page)
  await until(() => fake.vms().length > 0, { what: 'a VM', within: 60_000 })
  child.signal('SIGINT')
  expect(await child.exited).toMatchObject({ code: 1 })
  expect(child.stdout()).toContain('it was interrupted')
  expect(fake.vms()).toEqual([])
})

test.concurrent('a VM that cannot be deleted is named, with another exit code', async () => {
  const { place } = await clinic(145, {
    fault: (method) => (method.endsWith('Delete') ? { code: 7, message: 'Permission denied' } : undefined),
  })
  const { code, stdout } = await place.capuchin('doctor', '--yandex', 'edge', '--yes', ...page)
  expect(code, stdout).toBe(3)
  expect(stdout).toMatch(/^LEFT: doctor-edge-\w+ may still be there, and then it costs money/m)
})
