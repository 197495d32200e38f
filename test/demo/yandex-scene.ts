import { yandexPaces } from '../../demo/pace.ts'
import { stagesOf } from '../../demo/progress.ts'
import type { Scene } from '../../demo/view/scene.ts'
import { busyScene } from './scene.ts'

const pace = yandexPaces.full
const { status, began } = busyScene
const [pool] = status?.pools ?? []
const [first, second] = pool?.hosts ?? []
if (status === undefined || pool === undefined || first === undefined || second === undefined)
  throw new Error('the scene has no hosts')

/** A moment of the demo on VMs: one zone has no capacity, one VM boots. */
export const yandexScene: Scene = {
  ...busyScene,
  ...{ pace, stages: stagesOf(pace) },
  status: {
    ...status,
    pools: [
      {
        ...{ ...pool, pool: 'edge', hostsMin: 2, hostsMax: 6 },
        hosts: [
          { ...first, host: 'capuchin-edge-1', zone: 'ru-central1-a' },
          { ...second, host: 'capuchin-edge-4', zone: 'ru-central1-b' },
          { ...second, host: 'capuchin-edge-9', zone: 'ru-central1-a', state: 'booting', slots: [] },
        ],
      },
    ],
  },
  cloud: {
    ...{ kind: 'state', at: began + 40_000, ordered: 3, most: 3 },
    vms: [],
    zones: ['ru-central1-a', 'ru-central1-b', 'ru-central1-d'],
    closed: ['ru-central1-d'],
    bill: [
      { name: 'capuchin-edge-1', from: began + 4_000 },
      { name: 'capuchin-edge-4', from: began + 4_000 },
      { name: 'capuchin-edge-9', from: began + 10_000, until: began + 20_000 },
    ],
  },
  told: [
    ...busyScene.told,
    { at: began + 40_000, kind: 'fate', text: 'the cloud: takes capuchin-edge-1 back' },
  ],
}
