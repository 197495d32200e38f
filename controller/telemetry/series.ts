/** Labels with their values. */
export type Labels = Readonly<Record<string, string>>

/** The series of one gauge. */
export interface Series {
  /** Without a finite value the series goes away. */
  set(labels: Labels, value: number | undefined): void
  /** Ends those that carry these labels. */
  drop(labels: Labels): void
  /** In the text form of Prometheus. */
  text(): string
}

/**
 * A thousand workloads have 35,000 series, most of which are set in every tick and read once in a while. So a series is nothing but
 * its labels as they will be written, and a number. `names`: the labels that the gauge has.
 */
export function createSeries(name: string, help: string, names: readonly string[]): Series {
  const present = new Map<string, number>()
  const written = (labels: Labels): string => {
    let text = ''
    for (const label of names) {
      const value = labels[label]
      if (value !== undefined) text += `${text === '' ? '' : ','}${pair(label, value)}`
    }
    return text
  }
  return {
    set(labels, value) {
      const key = written(labels)
      if (value === undefined || !Number.isFinite(value)) present.delete(key)
      else present.set(key, value)
    },
    drop(labels) {
      // A quote in a value is escaped, so that this text can be nothing but a label of its own.
      const wanted = Object.entries(labels).map(([label, value]) => `,${pair(label, value)},`)
      for (const key of [...present.keys()])
        if (wanted.every((one) => `,${key},`.includes(one))) present.delete(key)
    },
    text() {
      const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`]
      for (const [key, value] of present) lines.push(`${name}${key === '' ? '' : `{${key}}`} ${value}`)
      return `${lines.join('\n')}\n\n`
    },
  }
}

const SPECIAL = /[\\"\n]/

function pair(label: string, value: string): string {
  if (!SPECIAL.test(value)) return `${label}="${value}"`
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
  return `${label}="${escaped}"`
}
