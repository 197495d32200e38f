import type { Decision } from '../../controller/decision/decision.ts'
import { kafkaPaces } from '../../demo/pace.ts'
import { stagesOf } from '../../demo/progress.ts'
import type { Scene } from '../../demo/view/scene.ts'
import { busyScene } from './scene.ts'

const pace = kafkaPaces.full
const { status, began } = busyScene
const [ingest] = status?.workloads ?? []
if (status === undefined || ingest === undefined) throw new Error('the scene has no decision')

const consumer: Decision = {
  ...ingest,
  workload: 'consumer',
  ...{ min: 2, max: 6, size: 3, wanted: 6, granted: 6 },
  counts: { ...ingest.counts, ready: 3, starting: 3 },
  sentence: 'consumer 3 -> 6: 1,234 wait, and 512 come a second',
  rules: [
    {
      ...{ name: 'lag', strategy: 'backlog', unit: '', reading: 'whole', load: 1_234, coverage: 1, band: {} },
      proposal: { kind: 'out', size: 6, why: '1,234 wait, and 512 come a second' },
    },
  ],
}

/** A moment of the demo with Kafka. The consumers come first, as the controller sorts its workloads by name. */
export const kafkaScene: Scene = {
  ...busyScene,
  ...{ pace, stages: stagesOf(pace) },
  status: { ...status, workloads: [consumer, ingest] },
  trends: {
    ...busyScene.trends,
    lag: [1, 2, 3].map((second) => ({ t: second * 1000, value: second * 700 })),
    consumers: [1, 2, 3].map((second) => ({ t: second * 1000, value: second + 1 })),
  },
  told: [...busyScene.told, { at: began + 40_000, kind: 'out', text: consumer.sentence }],
}
