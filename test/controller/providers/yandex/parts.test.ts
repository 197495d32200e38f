import { describe, expect, test } from 'vitest'
import { roomIn } from '../../../../controller/providers/yandex/headroom.ts'
import { hostLabels, labelFlaw, vmLabels, whose } from '../../../../controller/providers/yandex/labels.ts'
import { YandexKeys } from '../../../../controller/providers/yandex/settings.ts'
import { draftOrder, hashOf } from '../../../../controller/providers/yandex/template.ts'
import { openTurns } from '../../../../controller/providers/yandex/turns.ts'
import { patient } from '../../../contract/provider.ts'

const { template } = YandexKeys.parse({
  template: { folder: 'b1gfolder', cores: 2, memory: '4GiB', subnets: { 'ru-central1-a': 'e9bsubnet' } },
})

describe('labels of VMs', () => {
  test('come back as they were given, whatever else stands beside them', () => {
    const own = { controller: 'c', pool: 'edge', index: '3', intent: '7' }
    const labels = vmLabels(own, 'abc', { team: 'x' })
    expect(labels).toMatchObject({ team: 'x', 'capuchin-pool': 'edge', 'capuchin-template': 'abc' })
    expect(hostLabels({ labels })).toEqual(own)
  })

  test.for([
    [{}, 'foreign'],
    [{ 'capuchin-controller': 'other', 'capuchin-pool': 'edge' }, 'foreign'],
    [{ controller: 'c', pool: 'edge' }, 'foreign'],
    [{ 'capuchin-controller': 'c', 'capuchin-pool': 'edge' }, 'own'],
    [{ 'capuchin-controller': 'c', 'capuchin-pool': 'second' }, 'other'],
    [{ 'capuchin-controller': 'c', 'capuchin-pool': 'gone' }, 'lost'],
    [{ 'capuchin-controller': 'c' }, 'lost'],
  ] as const)('%j are those of a VM that is %s', ([labels, said]) => {
    const clean: Record<string, string> = { ...labels }
    expect(whose({ labels: clean }, 'edge', { controller: 'c', pools: ['edge', 'second'] })).toBe(said)
  })

  test('are refused beyond what the cloud takes', () => {
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`l${at}`, 'x']))
    expect(labelFlaw(many)).toBe('65 labels are more than the 64 that a VM can have')
    expect(labelFlaw({ a: 'x'.repeat(64) })).toMatch(/^label "a" cannot be/)
    expect(labelFlaw({ 'A b': 'x' })).toMatch(/^label "A b" cannot be/)
    expect(labelFlaw({ a: '', b_c: '0-9_z' })).toBeUndefined()
  })
})

describe('the order of a VM', () => {
  const order = { name: 'capuchin-edge-7', zone: 'ru-central1-a', labels: { pool: 'edge' } }

  test('says what the template says', () => {
    expect(draftOrder(template, order, 'text')).toEqual({
      kind: 'order',
      order: {
        ...{
          folder: 'b1gfolder',
          platform: 'standard-v3',
          cores: 2,
          coreFraction: 100,
          nat: false,
          preemptible: false,
        },
        ...{ memoryBytes: 4 * 2 ** 30, diskType: 'network-ssd', diskBytes: 30 * 2 ** 30, securityGroups: [] },
        ...{
          name: 'capuchin-edge-7',
          hostname: 'capuchin-edge-7',
          zone: 'ru-central1-a',
          subnet: 'e9bsubnet',
        },
        labels: { 'capuchin-pool': 'edge', 'capuchin-template': hashOf(template) },
        metadata: { 'docker-compose': 'text' },
      },
    })
  })

  test('is refused when all its metadata together is too long', () => {
    const metadata = { a: 'x'.repeat(200_000), b: 'x'.repeat(200_000) }
    expect(draftOrder({ ...template, metadata }, order, 'x'.repeat(200_000))).toMatchObject({
      kind: 'invalid',
      detail: expect.stringMatching(/takes 60\d+ bytes, and the cloud takes 524288/),
    })
  })

  test('has another hash of its template when anything in that is another', () => {
    expect(hashOf({ ...template, cores: 4 })).not.toBe(hashOf(template))
  })
})

describe('room in quotas', () => {
  const quota = (id: string, limit: number, usage: number) => ({ id: `compute.${id}`, limit, usage })
  test.for([
    ['nothing is known', [], 0, undefined],
    [
      'VMs are the tightest',
      [quota('instances.count', 12, 9), quota('instanceCores.count', 32, 0)],
      0,
      [3, '12 VMs'],
    ],
    [
      'cores are the tightest',
      [quota('instances.count', 12, 0), quota('instanceCores.count', 32, 27)],
      0,
      [2, '32 vCPUs'],
    ],
    ['memory is the tightest', [quota('instanceMemory.size', 16 * 2 ** 30, 9 * 2 ** 30)], 0, [1, '16 GiB']],
    [
      'disks are the tightest',
      [quota('disks.count', 32, 31), quota('ssdDisks.size', 2 ** 40, 0)],
      0,
      [1, '32 disks'],
    ],
    [
      'the size of disks is the tightest',
      [quota('ssdDisks.size', 200 * 2 ** 30, 150 * 2 ** 30)],
      0,
      [1, '200 GiB'],
    ],
    ['disks of another type are full', [quota('hddDisks.size', 1, 1)], 0, undefined],
    ['some were ordered since', [quota('instances.count', 12, 9)], 2, [1, '12 VMs']],
    ['more were ordered than there was room for', [quota('instances.count', 12, 9)], 5, [0, '12 VMs']],
    ['the quota was lowered below what is there', [quota('instances.count', 5, 9)], 0, [0, '5 VMs']],
  ] as const)('when %s', ([, quotas, begun, said]) => {
    const room = roomIn(quotas, template, begun)
    expect(room && [room.left, /of (.*) leaves/.exec(room.why)?.[1]]).toEqual(said)
  })
})

describe('turns', () => {
  const sleep = (_ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

  test('are taken one after the other at one host, and at once at another', async () => {
    const turns = openTurns({ sleep })
    const tale: string[] = []
    let letGo = (): void => {}
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const at = (host: string, name: string) =>
      turns.take(host, 'usual', patient(), async () => {
        tale.push(`${name} in`)
        if (host === 'a') await held
        tale.push(`${name} out`)
      })
    const all = [at('a', '1'), at('a', '2'), at('a', '3'), at('b', '4')]
    await all[3]
    expect([turns.count(), turns.isBusy('a'), turns.isBusy('b')]).toEqual([1, true, false])
    letGo()
    await Promise.all(all)
    expect(tale).toEqual(['1 in', '4 in', '4 out', '1 out', '2 in', '2 out', '3 in', '3 out'])
  })

  test('end what is under way for what is urgent, which waits for its like', async () => {
    const turns = openTurns({ sleep })
    const untilAborted = async (signal: AbortSignal) => {
      if (!signal.aborted)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      return 'given up'
    }
    const usual = turns.take('a', 'usual', patient(), untilAborted)
    const urgent = turns.take('a', 'urgent', patient(), async () => 'first')
    const second = turns.take('a', 'urgent', patient(), async () => 'second')
    expect(await Promise.all([usual, urgent, second])).toEqual(['given up', 'first', 'second'])
  })

  test('are not waited for longer than the caller does', async () => {
    const turns = openTurns({ sleep })
    const caller = new AbortController()
    void turns.take('a', 'usual', patient(), () => new Promise(() => {}))
    const late = turns.take('a', 'usual', caller.signal, async () => 'never')
    caller.abort()
    expect(await late).toBe('late')
  })
})
