import { z } from 'zod'

const Target = z.looseObject({
  refId: z.string(),
  expr: z.string(),
  legendFormat: z.string().optional(),
  instant: z.boolean().optional(),
  range: z.boolean().optional(),
  datasource: z.looseObject({ type: z.string(), uid: z.string() }).optional(),
})

const GridPos = z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() })

const Step = z.object({ value: z.number().nullable(), color: z.string() })

const Mapping = z.looseObject({
  type: z.string(),
  options: z.record(z.string(), z.looseObject({ text: z.string().optional(), color: z.string().optional() })),
})

const Properties = z.array(z.looseObject({ id: z.string(), value: z.unknown() }))

const FieldConfig = z.looseObject({
  defaults: z.looseObject({
    unit: z.string().optional(),
    decimals: z.number().optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    noValue: z.string().optional(),
    color: z.looseObject({ mode: z.string() }).optional(),
    thresholds: z.looseObject({ steps: z.array(Step) }).optional(),
    mappings: z.array(Mapping).optional(),
    custom: z.record(z.string(), z.unknown()).optional(),
  }),
  overrides: z.array(
    z.looseObject({
      matcher: z.looseObject({ id: z.string(), options: z.unknown() }),
      properties: Properties,
    }),
  ),
})

const Options = z.looseObject({
  legend: z.looseObject({ showLegend: z.boolean() }).optional(),
  textMode: z.string().optional(),
})

const plainPanel = {
  id: z.number().optional(),
  type: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  datasource: z.looseObject({ type: z.string(), uid: z.string() }).optional(),
  gridPos: GridPos.optional(),
  repeat: z.string().optional(),
  maxPerRow: z.number().optional(),
  interval: z.string().optional(),
  targets: z.array(Target).optional(),
  transformations: z.array(z.looseObject({ id: z.string(), options: z.unknown() })).optional(),
  fieldConfig: FieldConfig.optional(),
  options: Options.optional(),
  collapsed: z.boolean().optional(),
}

const Leaf = z.looseObject(plainPanel)
const Panel = z.looseObject({ ...plainPanel, panels: z.array(Leaf).optional() })

const Variable = z.looseObject({
  type: z.string(),
  name: z.string(),
  label: z.string().optional(),
  query: z.union([z.string(), z.looseObject({ query: z.string() })]).optional(),
  includeAll: z.boolean().optional(),
  multi: z.boolean().optional(),
  allValue: z.string().optional(),
})

const Annotation = z.looseObject({
  name: z.string(),
  expr: z.string().optional(),
  iconColor: z.string().optional(),
  step: z.string().optional(),
  titleFormat: z.string().optional(),
  textFormat: z.string().optional(),
  useValueForTime: z.boolean().optional(),
})

const Dashboard = z.looseObject({
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.number(),
  panels: z.array(Panel),
  templating: z.looseObject({ list: z.array(Variable).optional() }),
  annotations: z.looseObject({ list: z.array(Annotation).optional() }),
})

/** What is read of a dashboard that Grafana stores: only what queries, checks and the preview need. */
export type Model = z.infer<typeof Dashboard>
export type PanelModel = z.infer<typeof Leaf>
export type VariableModel = z.infer<typeof Variable>

/** Reads the JSON of a dashboard; throws a ZodError that names the place of what is wrong. */
export const readModel = (json: unknown): Model => Dashboard.parse(json)

/** All panels that draw something, also those in folded rows, from top to bottom. */
export const panelsOf = ({ panels }: Model): PanelModel[] =>
  panels.flatMap((panel) => (panel.type === 'row' ? (panel.panels ?? []) : [panel]))
