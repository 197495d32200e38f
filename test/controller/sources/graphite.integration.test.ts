import { beforeAll } from 'vitest'
import { SourceSettings } from '../../../controller/sources/index.ts'
import type { Source } from '../../../controller/sources/source.ts'
import { type Dialect, type MakeSource, sourceContract } from '../../contract/source.ts'
import { type Graphite, startGraphite } from '../../support/graphite.ts'
import { needs } from '../../support/servers.ts'
import { deps } from './wire.ts'

const open = (url: string, config: Record<string, unknown> = {}): Source =>
  SourceSettings.parse({ type: 'graphite', url, interval: '15s', ...config }).open(deps())

const dialect: Dialect = {
  queries: {
    steady: 'sumSeries(ingest.*.contract_steady)',
    mean: 'averageSeries(ingest.*.contract_steady)',
    holed: 'sumSeries(ingest.*.contract_holed)',
    stopped: 'sumSeries(ingest.*.contract_stopped)',
    dying: 'sumSeries(ingest.*.contract_dying)',
    nothing: 'sumSeries(ingest.*.contract_nothing)',
    notANumber: 'sumSeries(ingest.*.contract_nan)',
    many: 'ingest.*.contract_steady',
    broken: 'sumSeries(ingest.*.contract_steady',
  },
  remedy: /sumSeries\(\) or averageSeries\(\)/,
}

needs(
  'graphite-carbon',
  'graphite-web',
  'gunicorn',
)('a real Graphite', () => {
  let graphite: Graphite
  beforeAll(async () => {
    graphite = await startGraphite()
  })

  const make: MakeSource = async ({ series }) => {
    const sent = series.map(({ name, labels: { workload, instance }, samples }) => ({
      path: `${workload}.${instance}.${name}`,
      // Carbon drops NaN. Infinity is the value that it stores although it is no number.
      samples: samples.map(({ t, value }) => ({ t, value: Number.isNaN(value) ? Infinity : value })),
    }))
    await graphite.write(sent)
    return open(graphite.url)
  }
  sourceContract('graphite', make, dialect)
})
