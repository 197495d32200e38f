import { describe, expect, test } from 'vitest'
import { readBoard } from '../../dashboards/files.ts'
import { type Model, type PanelModel, panelsOf, readModel } from '../../dashboards/model.ts'
import { everythingExported } from './exported.ts'
import { metricRules, unusedOf } from './metric-rules.ts'
import { findings, rules } from './rules.ts'

const all = { ...rules, ...metricRules(await everythingExported()) }
const capacity = await readBoard('capacity')

/** Changes one panel of a sound dashboard, by its title. */
const inPanel =
  (title: string, change: (panel: PanelModel) => void) =>
  (model: Model): void => {
    const panel = panelsOf(model).find((one) => one.title === title)
    if (panel === undefined) throw new Error(`there is no panel ${title}`)
    change(panel)
  }

const asking = (expr: string, legendFormat = 'x') =>
  inPanel('Slots', (panel) => {
    panel.targets = [
      { refId: 'A', expr, legendFormat, datasource: { type: 'prometheus', uid: '$datasource' } },
    ]
  })

const plants: { what: string; rule: string; says: string; plant: (model: Model) => void }[] = [
  {
    what: 'a panel with a source of its own',
    rule: 'source',
    says: 'Slots: asks another source',
    plant: inPanel('Slots', (panel) => {
      panel.datasource = { type: 'prometheus', uid: 'abc' }
    }),
  },
  {
    what: 'a variable with a source of its own',
    rule: 'source',
    says: 'pool: asks another source',
    plant: ({ templating }) => {
      for (const variable of templating.list ?? [])
        if (variable.name === 'pool') variable['datasource'] = { uid: 'abc' }
    },
  },
  {
    what: 'a panel without a title',
    rule: 'words',
    says: 'has no title',
    plant: inPanel('Slots', (panel) => {
      panel.title = ''
    }),
  },
  {
    what: 'a panel that explains nothing',
    rule: 'words',
    says: 'Slots: has no description',
    plant: inPanel('Slots', (panel) => {
      panel.description = 'Slots'
    }),
  },
  {
    what: 'numbers without a unit',
    rule: 'unit',
    says: 'Slots: has no unit',
    plant: inPanel('Slots', ({ fieldConfig }) => {
      if (fieldConfig !== undefined) fieldConfig.defaults.unit = undefined
    }),
  },
  {
    what: 'a panel that asks nothing',
    rule: 'targets',
    says: 'Slots: asks nothing',
    plant: inPanel('Slots', (panel) => {
      panel.targets = []
    }),
  },
  {
    what: 'two queries called A',
    rule: 'targets',
    says: 'two queries of one name',
    plant: inPanel('Slots', ({ targets = [] }) => {
      for (const target of targets) target.refId = 'A'
    }),
  },
  { what: 'a series without a name', rule: 'targets', says: 'without a name', plant: asking('up', '') },
  {
    what: 'a graph without a legend',
    rule: 'legend',
    says: 'Slots: has no legend',
    plant: inPanel('Slots', ({ options }) => {
      if (options?.legend !== undefined) options.legend.showLegend = false
    }),
  },
  {
    what: 'a line drawn over gaps',
    rule: 'gaps',
    says: 'draws a line over gaps',
    plant: inPanel('Slots', ({ fieldConfig }) => {
      if (fieldConfig !== undefined) fieldConfig.defaults.custom = { spanNulls: true }
    }),
  },
  {
    what: 'silence made zero',
    rule: 'gaps',
    says: 'makes numbers of silence',
    plant: asking('sum(up) or vector(0)'),
  },
  {
    what: 'a fixed look back',
    rule: 'ranges',
    says: 'looks back over 5m',
    plant: asking('sum(rate(capuchin_ticks_total[5m]))'),
  },
  {
    what: 'thresholds that leave low values without a colour',
    rule: 'bounds',
    says: 'do not begin below all values',
    plant: inPanel('Slots', ({ fieldConfig }) => {
      if (fieldConfig !== undefined) fieldConfig.defaults.thresholds = { steps: [{ value: 0, color: 'red' }] }
    }),
  },
  {
    what: 'numbers coloured by amount',
    rule: 'colours',
    says: 'Free slots: is not coloured by its thresholds',
    plant: inPanel('Free slots', ({ fieldConfig }) => {
      if (fieldConfig !== undefined) fieldConfig.defaults.color = { mode: 'continuous-GrYlRd' }
    }),
  },
  { what: 'a query that is none', rule: 'syntax', says: 'Slots: ', plant: asking('sum(up') },
  {
    what: 'two panels of one number',
    rule: 'numbers',
    says: 'the number 101',
    plant: inPanel('Slots', (panel) => {
      panel.id = 101
    }),
  },
  {
    what: 'a panel upon another',
    rule: 'places',
    says: 'Slots: lies upon Memory of the hosts',
    plant: inPanel('Slots', (panel) => {
      panel.gridPos = { x: 12, y: 0, w: 8, h: 8 }
    }),
  },
  {
    what: 'a panel beyond the grid',
    rule: 'places',
    says: 'Slots: is not within the grid',
    plant: inPanel('Slots', (panel) => {
      panel.gridPos = { x: 17, y: 0, w: 8, h: 8 }
    }),
  },
  {
    what: 'a variable that nothing asks by',
    rule: 'variables',
    says: 'nothing asks by $zone',
    plant: ({ templating }) => {
      templating.list?.push({ type: 'query', name: 'zone', query: 'label_values(up, zone)' })
    },
  },
  {
    what: 'a metric that nobody exports',
    rule: 'exported',
    says: 'nothing exports capuchin_pool_slotz',
    plant: asking('max(capuchin_pool_slotz)'),
  },
  {
    what: 'a label that the metric does not have',
    rule: 'labels',
    says: 'capuchin_pool_slots has no label workload',
    plant: asking('max(capuchin_pool_slots{workload="ingest"})'),
  },
  {
    what: 'series put together by a label that they do not have',
    rule: 'labels',
    says: 'none of capuchin_pool_slots has a label workload',
    plant: asking('max by (workload) (capuchin_pool_slots)'),
  },
  {
    what: 'a name by a label that was put away',
    rule: 'legends',
    says: 'no label state to be called by',
    plant: asking('max by (pool) (capuchin_pool_slots)', '{{pool}} {{state}}'),
  },
  {
    what: 'a counter as it stands',
    rule: 'counters',
    says: 'only ever grows',
    plant: asking('sum(capuchin_ticks_total)'),
  },
  {
    what: 'the rate of a gauge',
    rule: 'counters',
    says: 'it has no rate',
    plant: asking('sum(rate(capuchin_pool_slots[$__rate_interval]))'),
  },
  {
    what: 'a quantile whose buckets were put together without le',
    rule: 'quantiles',
    says: 'not taken of rates of buckets by le',
    plant: asking(
      'histogram_quantile(0.9, sum by (job) (rate(capuchin_tick_duration_seconds_bucket[$__rate_interval])))',
    ),
  },
]

describe('what is planted is found', () => {
  test.for(plants)('$what', ({ rule, says, plant }) => {
    const model = structuredClone(capacity)
    plant(model)
    const [, one] = Object.entries(all).find(([name]) => name === rule) ?? []
    if (one === undefined) throw new Error(`there is no rule ${rule}`)
    const found = findings(model, { [rule]: one })
    expect(found.map(({ what }) => what).join('\n')).toContain(says)
  })

  test('every rule has something planted for it', () => {
    expect([...new Set(plants.map(({ rule }) => rule))].sort()).toEqual(Object.keys(all).sort())
  })

  test('a metric that nobody shows, and one that is excused though it is shown', () => {
    const exported = ['shown', 'hidden', 'excused'].map((name) => ({ name, type: 'gauge', labels: [] }))
    expect(unusedOf(exported, new Set(['shown']), { excused: 'why', shown: 'why', gone: 'why' })).toEqual([
      'hidden is neither shown nor excused',
      'shown is excused, though it is used',
      'gone is excused, though there is none',
    ])
  })

  test('a variable that there is none of', () => {
    const model = readModel(structuredClone(capacity))
    asking('max(capuchin_pool_slots{zone="$zone"})')(model)
    expect(findings(model, rules).map(({ what }) => what)).toEqual(['there is no $zone'])
  })
})
