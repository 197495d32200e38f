import {
  type AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  RowBuilder,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard'

/** A panel that has no number yet. */
interface Numbered {
  id(id: number): Numbered
  build(): Panel
}

/** `folded`: shown as its title only, until somebody opens it; its panels ask nothing before. */
export interface Row {
  title?: string
  folded?: true
  panels: readonly Numbered[]
}

export interface Board {
  uid: string
  title: string
  about: string
  tags: readonly string[]
  variables: readonly { build(): VariableModel }[]
  annotations?: readonly AnnotationQueryBuilder[]
  rows: readonly Row[]
}

/** Every dashboard carries it, and is linked to all that do. */
const FAMILY = 'capuchin'

/** A dashboard as Grafana stores it. Panels are numbered by row (101, 102, ... 201), so that a new one moves few links. */
export function board({ uid, title, about, tags, variables, annotations = [], rows }: Board): Dashboard {
  const builder = new DashboardBuilder(`Capuchin / ${title}`)
    .uid(uid)
    .description(about)
    .tags([FAMILY, ...tags])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([...variables])
    .annotations([...annotations])
    .links([{ build: links }])
  rows.forEach((row, at) => {
    addRow(builder, row, (at + 1) * 100)
  })
  return builder.build()
}

function addRow(builder: DashboardBuilder, { title, folded, panels }: Row, base: number): void {
  const numbered = panels.map((panel, at) => panel.id(base + at + 1))
  if (title === undefined) {
    for (const panel of numbered) builder.withPanel(panel)
    return
  }
  const row = new RowBuilder(title).id(base)
  if (folded === true) {
    for (const panel of numbered) row.withPanel(panel)
    builder.withRow(row)
    return
  }
  builder.withRow(row)
  for (const panel of numbered) builder.withPanel(panel)
}

/** To the other dashboards, with the range and the variables that they share. */
function links(): DashboardLink {
  const link = new DashboardLinkBuilder('Capuchin')
    .type(DashboardLinkType.Dashboards)
    .tags([FAMILY])
    .asDropdown(false)
    .includeVars(true)
    .keepTime(true)
    .build()
  // The builder puts links into a menu; without a place they stand at the top, where they are seen.
  const { placement: _, ...seen } = link
  return seen
}
